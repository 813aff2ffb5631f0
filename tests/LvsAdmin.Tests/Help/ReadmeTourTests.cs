using System.Text.RegularExpressions;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Kernel;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Help;

/// <summary>The two minutes of README.md are run as they stand, and show what stands there.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed partial class ReadmeTourTests(CmdletFixture fixture) : IClassFixture<CmdletFixture>, IDisposable
{
    // The plan is as wide as this in the text.
    private const int Columns = 120;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", null);
        if (NamespaceThread.HasIpvs)
        {
            fixture.Engine.Run("""
                $PSDefaultParameterValues.Clear()
                'rs1', 'rs2' | ForEach-Object { Get-LvsRealServerVip -NetworkNamespace $_ | Disable-LvsRealServerVip }
                Get-LvsDirectorVip -NetworkNamespace director | Disable-LvsDirectorVip -Force
                """);
            fixture.ClearDirector();
            Topology.RunIn("client", "ip", "neighbour", "flush", "all");
        }
    }

    [Fact]
    public void The_tour_shows_what_it_says()
    {
        NamespaceThread.RequireIpvs();
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", " director=director rs1=rs1 rs2=rs2 ");
        fixture.Engine.Width = Columns;
        List<string> troubles = [];
        foreach ((string command, string shown) in Readme.Tour)
        {
            EngineResult result = fixture.Engine.Run(command);
            string seen = $"{result.HostText}\n{fixture.Engine.Render(result.Output)}\n{string.Join('\n', result.Errors.Select(error => $"{error.InvocationInfo.MyCommand}: {error}"))}";
            // Hosts that are asked at once answer in any order.
            bool isOrdered = !command.Contains("-HostName rs", StringComparison.Ordinal);
            if (Shape(shown, isOrdered) != Shape(seen, isOrdered))
            {
                troubles.Add($"PS> {command}\n{seen}\n--- and not\n{shown}");
            }
        }

        Assert.True(troubles.Count == 0, string.Join("\n\n", troubles));
        Assert.InRange(Readme.Tour.Count, 15, 100);
    }

    // The same words in the same order; whatever differs from run to run made equal: counters, time, user, which server answers first, why a name leads nowhere.
    private static string Shape(string text, bool isOrdered)
    {
        string same = Resolver().Replace(text, "Could not resolve");
        same = Holder().Replace(same, "held by somebody since then:");
        same = Answer().Replace(same, "rs*");
        same = Statistics().Replace(same, line => Number().Replace(line.Value, " *"));
        same = isOrdered ? same : string.Join('\n', same.Split('\n').Select(line => Space().Replace(line, " ").Trim()).Order(StringComparer.Ordinal));
        return Space().Replace(same, " ").Trim();
    }

    [GeneratedRegex("Could not resolve .*")]
    private static partial Regex Resolver();

    [GeneratedRegex("held by .+ since [-0-9]+ [:0-9]+Z:")]
    private static partial Regex Holder();

    // Alone on its line; the scheduler tells the order and not who begins. After the drain, all are rs1: which the numbers of the statistics tell.
    [GeneratedRegex("^rs[12]\\s*$", RegexOptions.Multiline)]
    private static partial Regex Answer();

    [GeneratedRegex(@"^(?:tcp/|  ->).*(?: +\d+){5}\s*$", RegexOptions.Multiline)]
    private static partial Regex Statistics();

    [GeneratedRegex(@" \d+(?= |\s*$)")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
