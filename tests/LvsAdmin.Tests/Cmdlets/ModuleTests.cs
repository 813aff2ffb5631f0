using System.Management.Automation;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>The module as a user meets it before any kernel is asked.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class ModuleTests(CmdletFixture fixture)
{
    private static readonly string[] Changing =
    [
        "Add", "Clear", "Disable", "Enable", "Export", "Install", "Invoke", "New", "Remove", "Reset", "Restore", "Resume", "Set", "Start", "Stop", "Suspend", "Sync",
    ];

    private static readonly string[] HostParameters =
        ["HostName", "UserName", "HostPort", "KeyFilePath", "Options", "ConnectingTimeout", "Sudo", "ThrottleLimit", "LvsSession", "Session", "NetworkNamespace", "InputObject", "AsJob", "JobName"];

    // They divide a command among its hosts, and a roll-out is one for all of them.
    private static readonly string[] Dividing = ["Session", "AsJob", "JobName"];

    private CmdletInfo[] Commands => [.. fixture.Engine.Run("Get-Command -Module LvsAdmin").Output.Select(command => (CmdletInfo)command.BaseObject)];

    // What works on files and texts, and what goes to sessions only.
    private static readonly string[] Hostless = ["Install-LvsModule", "Import-LvsConfiguration", "ConvertFrom-LvsConfiguration", "ConvertTo-LvsConfiguration", "Import-LvsShouldOperator"];

    [Fact]
    public void The_manifest_exports_every_cmdlet_and_nothing_else()
    {
        string[] classes = [.. Commands[0].ImplementingType.Assembly.GetExportedTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(CmdletAttribute), false).Cast<CmdletAttribute>())
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}").Order()];

        Assert.Equal(classes, Commands.Select(command => command.Name).Order());
        Assert.All(classes, name => Assert.Contains("-Lvs", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_cmdlet_that_works_on_a_host_takes_its_host_in_the_same_ways()
    {
        CmdletInfo[] commands = [.. Commands.Where(command => !command.Noun.EndsWith("Session", StringComparison.Ordinal) && !Hostless.Contains(command.Name))];

        Assert.NotEmpty(commands);
        Assert.All(commands, command =>
        {
            foreach (string parameter in HostParameters.Except(command.Name == "Invoke-LvsRollout" ? Dividing : []))
            {
                Assert.True(command.Parameters.TryGetValue(parameter, out ParameterMetadata? found), $"{command.Name} -{parameter}");
                bool isOfObjects = parameter is "HostName" or "NetworkNamespace";
                Assert.All(found.ParameterSets.Values, set => Assert.Equal(isOfObjects, set.ValueFromPipelineByPropertyName));
            }

            // As PowerShell's SSH remoting has it, unless the port is that of the service.
            Assert.Equal(!command.Parameters.ContainsKey("Port"), command.Parameters["HostPort"].Aliases.Contains("Port"));
        });
    }

    [Fact]
    public void Every_cmdlet_that_changes_something_knows_WhatIf_and_no_other_does() =>
        Assert.All(Commands, command => Assert.Equal((Changing.Contains(command.Verb) || command.Name == "Test-LvsDeployment") && command.Name != "New-LvsSession", command.Parameters.ContainsKey("WhatIf")));

    [Fact]
    public void Every_cmdlet_tells_what_it_writes() => Assert.All(Commands, command => Assert.NotEmpty(command.OutputType));

    [Fact]
    public void Without_IPVS_the_error_tells_what_is_missing_and_what_to_do()
    {
        Assert.SkipWhen(NamespaceThread.HasIpvs || !Environment.IsPrivilegedProcess, "this test needs root and a kernel without IPVS");

        ErrorRecord error = Assert.Single(fixture.Engine.Run("Get-LvsVirtualService").Errors);

        Assert.Equal("ModuleNotLoaded,LvsAdmin.Commands.GetLvsVirtualServiceCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceUnavailable, error.CategoryInfo.Category);
        Assert.Contains("modprobe ip_vs", error.ToString(), StringComparison.Ordinal);
        PSObject director = Assert.Single(fixture.Engine.Run("Get-LvsDirector").Output);
        Assert.Equal(false, director.Properties["IpvsLoaded"].Value);
        Assert.NotNull(director.Properties["Remedy"].Value);
    }

    [Theory]
    [InlineData("Add-LvsRealServer a b -Forwarding ", "DirectRouting Nat Tunnel")]
    [InlineData("Add-LvsRealServer a b -Forwarding T", "Tunnel")]
    [InlineData("New-LvsVirtualService a -Scheduler mh -SchedulerFlags ", "flag-3 mh-fallback mh-port")]
    [InlineData("New-LvsVirtualService a -SchedulerFlags sh", "sh-fallback sh-port")]
    [InlineData("Set-LvsArpPolicy -Ignore T", "TargetOnInterface TargetOnInterfaceSameSubnet")]
    [InlineData("Set-LvsArpPolicy -Announce B", "BestLocal")]
    public void Completion_offers_what_may_stand_there(string line, string offers) =>
        Assert.Equal(offers.Split(' '), fixture.Engine.Complete(line).CompletionMatches.Select(match => match.CompletionText).Order());

    [Fact]
    public void Completion_never_fails_where_there_is_no_IPVS()
    {
        Assert.SkipWhen(NamespaceThread.HasIpvs, "this test needs a kernel without IPVS");

        Assert.DoesNotContain(
            fixture.Engine.Complete("Get-LvsVirtualService -VirtualService 192.0.2.1").CompletionMatches, match => match.CompletionText.StartsWith("192", StringComparison.Ordinal));
    }
}
