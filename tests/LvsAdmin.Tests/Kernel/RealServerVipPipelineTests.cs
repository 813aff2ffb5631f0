using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>What flows from a director's table to the cmdlets of its real servers, and what those say of a host that serves a VIP, or does not.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class RealServerVipPipelineTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const string OnRs1 = "-NetworkNamespace rs1";

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.ClearDirector();
            cmdlets.Succeed("rs1", "Get-LvsRealServerVip | Disable-LvsRealServerVip");
        }
    }

    [Fact]
    public void A_VIP_that_another_service_sends_by_stays_until_that_one_is_named_too()
    {
        NamespaceThread.RequireIpvs();
        cmdlets.Succeed("director", """
            New-LvsVirtualService 192.0.2.10:80; New-LvsVirtualService 192.0.2.10:443; New-LvsVirtualService 192.0.2.10:8443
            Add-LvsRealServer 192.0.2.10:80 192.0.2.21:80, 192.0.2.22:80 -Forwarding DR
            Add-LvsRealServer 192.0.2.10:443 192.0.2.21:443 -Forwarding DR
            Add-LvsRealServer 192.0.2.10:8443 192.0.2.22:8443 -Forwarding DR
            """);
        cmdlets.Succeed("director", $"Get-LvsRealServer 192.0.2.10:80 | Enable-LvsRealServerVip {OnRs1}");

        EngineResult stays = cmdlets.Run("director", $"Get-LvsRealServer 192.0.2.10:80 | Disable-LvsRealServerVip {OnRs1}");
        Assert.Contains("tcp/192.0.2.10:443 still sends to this real server", Assert.Single(stays.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("8443", stays.Warnings[0], StringComparison.Ordinal);
        Assert.Single(cmdlets.Succeed("rs1", "Get-LvsRealServerVip"));

        EngineResult goes = cmdlets.Run("director", $"Get-LvsRealServer 192.0.2.10:80, 192.0.2.10:443 | Disable-LvsRealServerVip {OnRs1}");
        Assert.Empty(goes.Warnings);
        Assert.Empty(goes.Errors);
        Assert.Empty(cmdlets.Succeed("rs1", "Get-LvsRealServerVip"));

        cmdlets.Succeed("director", $"Get-LvsRealServer 192.0.2.10:80 | Enable-LvsRealServerVip {OnRs1}; Get-LvsVirtualService 192.0.2.10:80 | Disable-LvsRealServerVip -Force {OnRs1}");
        Assert.Empty(cmdlets.Succeed("rs1", "Get-LvsRealServerVip"));

        ErrorRecord stranger = cmdlets.Fail("director", $"Get-LvsRealServer 192.0.2.10:8443 | Enable-LvsRealServerVip {OnRs1}");
        Assert.StartsWith("NotThisRealServer,", stranger.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(cmdlets.Succeed("rs1", "Get-LvsRealServerVip"));
    }

    [Fact]
    public void WhatIf_shows_the_steps_and_the_files_and_changes_nothing()
    {
        NamespaceThread.RequireIpvs();
        string text = cmdlets.Engine.Run("$PSDefaultParameterValues = @{}; Enable-LvsRealServerVip 192.0.2.10 -PersistenceMethod SystemdUnit -WhatIf").HostText;
        string words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("net.ipv4.conf.all: arp_announce 0 -> 2; interface lo: address (none) -> 192.0.2.10/32 label lo:0;", words, StringComparison.Ordinal);
        Assert.Contains("--- /dev/null +++ /etc/sysctl.d/90-lvsadmin-vips.conf @@", words, StringComparison.Ordinal);
        Assert.Contains("+net/ipv4/conf/all/arp_ignore = 1 ", words, StringComparison.Ordinal);
        Assert.Contains("+++ /etc/systemd/system/lvsadmin-vips.service", words, StringComparison.Ordinal);
        Assert.DoesNotContain("remembers", words, StringComparison.Ordinal);
        Assert.False(File.Exists("/etc/sysctl.d/90-lvsadmin-vips.conf"));
        Assert.Empty(cmdlets.Engine.Run("Get-LvsRealServerVip").Output);
    }

    [Theory]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -Persistent", "PersistenceInNamespace")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.21", "AddressConflict")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -Interface eth0", "InterfaceUnsuitable")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -Interface nowhere", "InterfaceMissing")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -RealServerAddress 192.0.2.10", "VipIsRealServerAddress")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -Forwarding Nat", "DirectorMissing")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -Forwarding Nat -Director 203.0.113.1", "DirectorNotOnLink")]
    [InlineData("Enable-LvsRealServerVip 192.0.2.10 -Forwarding Tunnel -TunnelType Gue", "TunnelPortMissing")]
    [InlineData("Disable-LvsRealServerVip 192.0.2.21", "AddressConflict")]
    public void What_cannot_be_has_an_error_of_its_own_and_changes_nothing(string script, string id)
    {
        NamespaceThread.RequireIpvs();
        Assert.Equal(id, cmdlets.Fail("rs1", script).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Empty(cmdlets.Succeed("rs1", "Get-LvsRealServerVip"));
    }

    [Fact]
    public void Each_check_sees_what_it_is_for()
    {
        NamespaceThread.RequireIpvs();
        cmdlets.Succeed("director", "New-LvsVirtualService 192.0.2.10:80; Add-LvsRealServer 192.0.2.10:80 192.0.2.21:80, 192.0.2.22:80 -Forwarding TUN");
        string test = $"Get-LvsRealServer 192.0.2.10:80 -NetworkNamespace director | Test-LvsRealServerVip {OnRs1}";
        Assert.Equal(["Present"], Failed(test));

        cmdlets.Succeed("director", $"Get-LvsRealServer 192.0.2.10:80 | Enable-LvsRealServerVip {OnRs1}");
        Assert.Empty(Failed(test));
        Assert.Equal(
            ["Present", "Prefix", "InterfaceUp", "LocalDelivery", "ArpSilence", "TunnelReceives", "ReversePathFilter", "Listening"],
            Results(test).Select(result => result.Check));
        Assert.True((bool)cmdlets.Succeed("rs1", $"{test} -Quiet")[0].BaseObject);
        Assert.Equal(["Listening"], Failed("Test-LvsRealServerVip 192.0.2.10 -Port 81"));
        Assert.Equal(["Persistence"], Failed("Test-LvsRealServerVip 192.0.2.10 -Persistent"));

        Break("echo 0 >/proc/sys/net/ipv4/conf/all/arp_ignore", ["ArpSilence"]);
        Break("echo 0 >/proc/sys/net/ipv4/conf/tunl0/rp_filter; echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter", ["ReversePathFilter"]);
        Topology.RunIn("rs1", "sh", "-c", "echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter");
        Break("ip link set tunl0 down", ["InterfaceUp"]);
        Break("ip route flush table local 192.0.2.10", ["LocalDelivery"], "ip address delete 192.0.2.10/32 dev tunl0");
        Assert.False((bool)cmdlets.Succeed("rs1", "Test-LvsRealServerVip 192.0.2.78 -Quiet")[0].BaseObject);

        // Broken by hand, seen, and mended by enabling again.
        void Break(string script, string[] expected, string before = "true")
        {
            Topology.RunIn("rs1", "sh", "-c", script);
            Assert.Equal(expected, Failed("Test-LvsRealServerVip 192.0.2.10"));
            Topology.RunIn("rs1", "sh", "-c", before);
            cmdlets.Succeed("director", $"Get-LvsRealServer 192.0.2.10:80 | Enable-LvsRealServerVip {OnRs1}");
            Assert.Empty(Failed("Test-LvsRealServerVip 192.0.2.10"));
        }
    }

    private IEnumerable<LvsCheckResult> Results(string script) => cmdlets.Succeed("rs1", script).Select(result => (LvsCheckResult)result.BaseObject);

    private string[] Failed(string script) => [.. Results(script).Where(result => result.Outcome == LvsCheckOutcome.Failed).Select(result => result.Check)];
}
