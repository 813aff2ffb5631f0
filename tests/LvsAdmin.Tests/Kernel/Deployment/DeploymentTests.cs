using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>Test-LvsDeployment against deployments that work and against each cause of trouble, made on purpose.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
[SupportedOSPlatform("linux")]
public sealed class DeploymentTests(DeploymentLab lab) : IClassFixture<DeploymentLab>
{
    /// <summary>The deployments.</summary>
    public static TheoryData<string> Farms => [.. DeploymentLab.Farms];

    // A part of a scenario's name chooses among them while one is worked on.
    private static string Only => Environment.GetEnvironmentVariable("LVS_SCENARIO") ?? string.Empty;

    [Theory]
    [MemberData(nameof(Farms))]
    public void Nothing_is_wrong_with_a_deployment_that_works_and_each_cause_is_found_alone_and_mended(string farm)
    {
        NamespaceThread.RequireIpvs();
        DeploymentScenario[] scenarios = [.. DeploymentScenarios.All.Where(scenario => scenario.Farm == farm && Only.Split(',').Any(part => $"{farm} {scenario.Name}".Contains(part, StringComparison.OrdinalIgnoreCase)))];
        Assert.SkipWhen(Only.Length > 0 && scenarios.Length == 0, "no such scenario here");
        List<string> troubles = [];
        try
        {
            lab.Raise(farm);
            IReadOnlyList<LvsDeploymentCheck> healthy = lab.Check(DeploymentLab.Test, out IReadOnlyList<string> errors);
            troubles.AddRange(errors);
            troubles.AddRange(healthy.Where(check => check.Outcome != LvsCheckOutcome.Passed).Select(check => $"{farm} works, but {check}"));
            Assert.Contains(healthy, check => check.Outcome == LvsCheckOutcome.Passed);
            foreach (DeploymentScenario scenario in scenarios)
            {
                troubles.AddRange(Play(scenario));
            }
        }
        finally
        {
            lab.Lower();
        }

        Assert.True(troubles.Count == 0, string.Join('\n', troubles));
    }

    private List<string> Play(DeploymentScenario scenario)
    {
        List<string> troubles = [];
        scenario.Break(lab);
        if (scenario.ShowsInTraffic && !(scenario.Misbehaves?.Invoke(lab) ?? !lab.Works()))
        {
            Note("clients notice nothing of it");
        }

        string line = scenario.Test ?? DeploymentLab.Test;
        bool byHand = scenario.Mend is not null;
        IReadOnlyList<LvsDeploymentCheck> checks = lab.Check(byHand ? line : $"{line} -Repair -Confirm:$false", out IReadOnlyList<string> errors);
        // What -Repair mended was found before.
        LvsDeploymentCheck[] found = [.. checks.Where(check => check.Outcome == LvsCheckOutcome.Failed || check.Repaired)];
        bool isFound = found.Any(check => check.Cause == scenario.Cause);
        bool isSole = isFound && found.All(check => check.Cause == scenario.Cause || check.Cause == scenario.Afterwards);
        errors.ToList().ForEach(Note);
        if (!isSole)
        {
            Note($"not found alone: {string.Join(" | ", found.Select(check => $"{check}"))}");
        }

        if (byHand)
        {
            foreach (LvsDeploymentCheck check in found.Where(check => check.Remedy is not null || check.Advice is null))
            {
                Note($"it is mended by hand, but {check} offers '{check.Remedy}', and the advice '{check.Advice}'");
            }

            scenario.Mend!(lab);
            checks = lab.Check(line, out errors);
            errors.ToList().ForEach(Note);
        }

        LvsDeploymentCheck[] left = [.. checks.Where(check => check.Outcome == LvsCheckOutcome.Failed)];
        bool works = scenario.Works?.Invoke(lab) ?? lab.WorksSoon();
        if (left.Length > 0 || !works)
        {
            Note($"not mended: {(works ? string.Empty : $"clients are not served ({string.Join(", ", lab.Answers(4))}); ")}{string.Join(" | ", left.Select(check => $"{check}"))}");
        }

        lab.Add(scenario, isFound, isSole, left.Length > 0 || !works ? "NO" : byHand ? "by hand" : "yes");
        scenario.Clean?.Invoke(lab);
        return troubles;

        void Note(string text) => troubles.Add($"{scenario.Farm}, {scenario.Name}: {text}");
    }
}
