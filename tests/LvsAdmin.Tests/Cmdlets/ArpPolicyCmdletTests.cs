using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Network;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

public sealed class ArpPolicyCmdletTests(CmdletFixture fixture) : DirectorTest(fixture)
{
    [Fact]
    public void Levels_are_set_by_name_or_number_and_a_second_time_changes_nothing()
    {
        LvsArpPolicy set = (LvsArpPolicy)Assert.Single(Succeed("Set-LvsArpPolicy -Ignore 1 -Announce '2' -PassThru")).BaseObject;
        Assert.Equal(("all", LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal), (set.Interface, set.EffectiveIgnore, set.EffectiveAnnounce));
        Assert.Contains(Run("Set-LvsArpPolicy -Ignore TargetOnInterface -Verbose").Verbose, text => text.EndsWith("is already as wanted: nothing is changed.", StringComparison.Ordinal));

        Assert.Contains("arp_announce 2 -> 0", Run("Reset-LvsArpPolicy -WhatIf").HostText, StringComparison.Ordinal);
        Assert.Equal(2, (int)Policy("all").Announce);

        Succeed("Get-LvsArpPolicy all | Set-LvsArpPolicy lo");
        EngineResult reset = Run("Reset-LvsArpPolicy");
        Assert.Contains(reset.Warnings, warning => warning.StartsWith("Only all is reset. lo on localhost", StringComparison.Ordinal));
        Assert.Equal((0, 1), ((int)Policy("all").Ignore, (int)Policy("lo").Ignore));
        Assert.Empty(Run("Reset-LvsArpPolicy *").Warnings);
        Assert.Equal(0, (int)Policy("lo").Ignore);
        Assert.Single(Run("Set-LvsArpPolicy lo -Ignore 1").Warnings, warning => warning.Contains("which is never lo", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Set-LvsArpPolicy -Ignore 5", "ParameterArgumentTransformationError", "8 (Never)")]
    [InlineData("Set-LvsArpPolicy -Announce '3'", "ParameterArgumentTransformationError", "2 (BestLocal)")]
    [InlineData("Set-LvsArpPolicy -Ignore Sometimes", "CannotConvertArgumentNoMessage", "NotHostScope")]
    [InlineData("Set-LvsArpPolicy -Ignore 1 -Persistent", "PersistenceInNamespace", "leave out -Persistent")]
    [InlineData("Reset-LvsArpPolicy -Persistent", "PersistenceInNamespace", "leave out -Persistent")]
    [InlineData("Set-LvsArpPolicy eth7 -Ignore 1", "InterfaceMissing", "Get-LvsArpPolicy")]
    [InlineData("Test-LvsArpPolicy -Interface eth7", "InterfaceMissing", "It has: lo")]
    [InlineData("'192.0.2' | Test-LvsArpPolicy", "InvalidAddress", "four decimal numbers")]
    [InlineData("New-LvsVirtualService fwmark/7; Get-LvsVirtualService | Test-LvsArpPolicy", "AddressMissing", "fwmark/7")]
    [InlineData("Test-LvsArpPolicy 192.0.2.10 -MacAddress 02:00", "InvalidMacAddress", "02:00:5e:00:53:01")]
    public void Bad_input_is_one_clear_error(string line, string id, string words)
    {
        ErrorRecord error = Fail(line);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.All(Succeed("Get-LvsArpPolicy"), policy => Assert.Equal(0, (int)((LvsArpPolicy)policy.BaseObject).Ignore));
    }

    [Fact]
    public void What_is_tested_comes_from_the_pipeline_once_and_quiet_gives_one_answer()
    {
        Director.Run("ip", ["-batch", "-"], """
            link add eth0 type veth peer name eth1
            link set eth0 up
            link set eth1 up
            address add 192.0.2.10/32 dev lo
            address add 192.0.2.11/32 dev lo

            """);
        Restore("-A -t 192.0.2.10:80 -s rr", "-A -t 192.0.2.10:443 -s rr", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g");
        string[] failed = ["192.0.2.10 ArpIgnore Failed", "192.0.2.10 ArpAnnounce Failed"];
        Assert.Equal(failed, Tested("Get-LvsVirtualService | Test-LvsArpPolicy -Interface eth0"));
        Assert.Equal(failed, Tested("Get-LvsRealServer | Test-LvsArpPolicy -Interface eth0"));
        Assert.Equal(failed, Tested("Get-LvsRealServerVip 192.0.2.10 | Test-LvsArpPolicy -Interface eth0"));
        Assert.Equal(4, Tested("Test-LvsArpPolicy").Length);
        Assert.Equal([false], Succeed("'192.0.2.10', '192.0.2.11' | Test-LvsArpPolicy -Quiet").Select(answer => answer.BaseObject));
        Succeed("Set-LvsArpPolicy -Ignore 1 -Announce 2");
        Assert.Equal([true], Succeed("'192.0.2.10', '192.0.2.11' | Test-LvsArpPolicy -Quiet").Select(answer => answer.BaseObject));
        // Nothing that could be checked is no good answer, nor is one with an error beside it.
        Assert.Equal([false], Succeed("Test-LvsArpPolicy 192.0.2.10 -Interface lo -Quiet").Select(answer => answer.BaseObject));
        EngineResult half = Run("'192.0.2.10', 'nonsense' | Test-LvsArpPolicy -Quiet");
        Assert.StartsWith("InvalidAddress,", Assert.Single(half.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([false], half.Output.Select(answer => answer.BaseObject));
    }

    private LvsArpPolicy Policy(string name) => (LvsArpPolicy)Assert.Single(Succeed($"Get-LvsArpPolicy {name}")).BaseObject;

    private string[] Tested(string line) =>
        [.. Succeed(line).Select(result => (LvsCheckResult)result.BaseObject).Select(result => $"{result.Subject} {result.Check} {result.Outcome}")];
}
