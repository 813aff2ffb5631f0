using System.Diagnostics;
using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>Directors that nothing but our cmdlets has prepared: their VIPs, what neighbours learn of them, and forwarding.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class DirectorSideTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Wrong = "02:00:00:00:00:99";

    private const string StateOfHost =
        "ip address; ip route show table all; ip -6 route show table all; "
        + "grep . /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/*/*_redirects /proc/sys/net/ipv4/conf/*/tag "
        + "/proc/sys/net/ipv6/conf/*/forwarding /proc/sys/net/ipv6/conf/*/accept_* /proc/sys/net/ipv6/conf/*/ndisc_notify; ls /run/lvsadmin 2>/dev/null || :";

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.ClearDirector();
        }
    }

    [Fact]
    public void NAT_of_both_families_works_through_a_director_that_was_enabled_and_ends_without_a_trace()
    {
        NamespaceThread.RequireIpvs();
        string before = State();
        cmdlets.Succeed("director", """
            Enable-LvsForwarding IPv4, IPv6
            '198.51.100.10:80', '[2001:db8:1::10]:80' | New-LvsVirtualService -Scheduler rr -PassThru | Enable-LvsDirectorVip
            Add-LvsRealServer 198.51.100.10:80 192.0.2.21 -Forwarding Nat
            Add-LvsRealServer '[2001:db8:1::10]:80' 2001:db8::21 -Forwarding Nat
            """);

        Assert.Equal("rs1", Topology.Http("client", "http://198.51.100.10/"));
        Assert.Equal("rs1", Topology.Http("client", "http://[2001:db8:1::10]/"));
        EngineResult again = cmdlets.Run("director", "Enable-LvsForwarding IPv4, IPv6 -Verbose; Enable-LvsDirectorVip 198.51.100.10, 2001:db8:1::10 -Verbose");
        Assert.Equal(4, again.Verbose.Count(text => text.Contains("already as wanted", StringComparison.Ordinal)));
        LvsForwardingState[] states = [.. cmdlets.Succeed("director", "Enable-LvsForwarding IPv4, IPv6 -PassThru").Select(state => (LvsForwardingState)state.BaseObject)];
        Assert.Equal([(LvsAddressFamily.IPv4, true, 0), (LvsAddressFamily.IPv6, true, 0)], states.Select(state => (state.AddressFamily, state.Forwarding, state.RedirectingInterfaces.Count)));

        EngineResult refused = cmdlets.Run("director", "Disable-LvsDirectorVip 198.51.100.10; Get-LvsVirtualService -VirtualService 198.51.100.10:80 | Disable-LvsDirectorVip -WhatIf");
        Assert.Contains("198.51.100.10 stays", Assert.Single(refused.Warnings), StringComparison.Ordinal);
        Assert.Contains("198.51.100.10/32 -> (none)", refused.HostText, StringComparison.Ordinal);
        Assert.Equal("rs1", Topology.Http("client", "http://198.51.100.10/"));

        cmdlets.Succeed("director", "Get-LvsVirtualService | Disable-LvsDirectorVip; Clear-LvsTable -Confirm:$false; Disable-LvsForwarding");
        Assert.Equal(before, State());
    }

    [Fact]
    public async Task Neighbours_learn_at_once_who_has_the_VIP_and_one_that_others_have_is_refused()
    {
        NamespaceThread.RequireIpvs();
        Topology.RunIn("client", "sh", "-ec", $"""
            ip address add 192.0.2.33/32 dev eth0; ip address add 2001:db8::33/128 dev eth0 nodad
            ip neigh replace 192.0.2.10 lladdr {Wrong} dev eth0 nud stale; ip neigh replace 2001:db8::10 lladdr {Wrong} dev eth0 nud stale
            """);
        string before = State();
        using Process capture = Capture();
        try
        {
            LvsDirectorVip[] enabled =
            [
                .. cmdlets.Succeed("director", "Enable-LvsDirectorVip 192.0.2.10, 2001:db8::10 -PassThru").Select(vip => (LvsDirectorVip)vip.BaseObject),
            ];

            Assert.Equal([("192.0.2.10", 32, "eth0", false), ("2001:db8::10", 128, "eth0", true)], enabled.Select(vip => (vip.Address.ToString(), vip.PrefixLength, vip.Interface, vip.IsDeprecated)));
            string mac = enabled[0].MacAddress!;
            Assert.Equal([mac, mac], Known("192.0.2.10", "2001:db8::10"));
            capture.Kill();
            string captured = await capture.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Contains($"{mac} > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 192.0.2.10 (ff:ff:ff:ff:ff:ff) tell 192.0.2.10", captured, StringComparison.Ordinal);
            Assert.Contains($"{mac} > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 86: 2001:db8::10 > ff02::1: ICMP6, neighbor advertisement, tgt is 2001:db8::10", captured, StringComparison.Ordinal);
            // For good: an address that is looked for again when the link comes back could be lost then.
            Assert.Contains("nodad", Topology.RunIn("director", "ip", "address", "show", "to", "2001:db8::10"), StringComparison.Ordinal);

            EngineResult refused = cmdlets.Run("director", "Enable-LvsDirectorVip 192.0.2.33, 2001:db8::33");
            Assert.Equal(["AddressInUse", "AddressInUse"], refused.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
            string client = JsonDocument.Parse(Topology.RunIn("client", "ip", "-json", "link", "show", "eth0")).RootElement[0].GetProperty("address").GetString()!;
            Assert.All(refused.Errors, error => Assert.Contains(client, error.ToString(), StringComparison.Ordinal));
            EngineResult taken = cmdlets.Run("director", "Enable-LvsDirectorVip 192.0.2.33, 2001:db8::33 -Force; Disable-LvsDirectorVip 192.0.2.33, 2001:db8::33, 192.0.2.10, 2001:db8::10");
            Assert.Empty(taken.Errors);
            Assert.Equal(2, taken.Warnings.Count(warning => warning.Contains($"taken over from {client}", StringComparison.Ordinal)));
            Assert.Equal(before, State());
        }
        finally
        {
            Topology.RunIn("client", "sh", "-ec", "ip address delete 192.0.2.33/32 dev eth0; ip address delete 2001:db8::33/128 dev eth0; ip neigh flush all");
        }
    }

    private static string State() => Topology.RunIn("director", "sh", "-c", StateOfHost);

    private static Process Capture()
    {
        Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", "client", "tcpdump", "-lnei", "eth0", "arp or icmp6"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("listening", StringComparison.Ordinal))
        {
        }

        return process;
    }

    private static string[] Known(params string[] addresses)
    {
        JsonElement[] all = [.. JsonDocument.Parse(Topology.RunIn("client", "ip", "-json", "neigh", "show", "dev", "eth0")).RootElement.EnumerateArray()];
        return [.. addresses.Select(address => all.Single(each => each.GetProperty("dst").GetString() == address).GetProperty("lladdr").GetString()!)];
    }
}
