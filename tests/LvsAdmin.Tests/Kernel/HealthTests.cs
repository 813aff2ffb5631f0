using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>Real servers and services that are asked in the lab: by their own addresses, by the virtual IP, and as clients do.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
[SupportedOSPlatform("linux")]
public sealed class HealthTests : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Vips = "192.0.2.10, 2001:db8::10";
    private static readonly string[] Services = ["192.0.2.10:80", "'[2001:db8::10]:80'"];

    private readonly CmdletFixture _cmdlets;

    public HealthTests(CmdletFixture cmdlets)
    {
        NamespaceThread.RequireIpvs();
        _cmdlets = cmdlets;
        Topology.Batch("director", "address add 192.0.2.10/32 dev eth0", "address add 2001:db8::10/128 dev eth0 nodad preferred_lft 0");
    }

    public void Dispose()
    {
        _cmdlets.Run("rs1", $"Disable-LvsRealServerVip {Vips}");
        _cmdlets.Run("rs2", $"Disable-LvsRealServerVip {Vips}");
        _cmdlets.ClearDirector();
        Topology.Batch("director", "address delete 192.0.2.10/32 dev eth0", "address delete 2001:db8::10/128 dev eth0");
    }

    [Theory]
    [InlineData("DirectRouting", "")]
    [InlineData("Tunnel", "")]
    [InlineData("Tunnel", "-TunnelType Gue -TunnelPort 5555")]
    public void A_server_that_answers_on_its_own_address_and_not_on_the_VIP_is_found_and_the_director_stays_as_it_was(string method, string tunnel)
    {
        Serve($"-Forwarding {method} {tunnel}");
        _cmdlets.Succeed("rs1", $"Enable-LvsRealServerVip {Vips} -Forwarding {method} {tunnel}");
        IReadOnlyList<LvsProbeResult> direct = Results("Test-LvsRealServer -From netns:director");
        string before = Topology.State("director");
        IReadOnlyList<LvsProbeResult> byVip = Results("Test-LvsRealServer -ThroughVip -Http -BodyPattern ^rs1 -Timeout 4");

        Assert.Equal(4, direct.Count);
        Assert.All(direct, result => Assert.Equal(LvsCheckOutcome.Passed, result.Outcome));
        Assert.Equal(
            [
                "192.0.2.21:80 Tcp Passed", "192.0.2.21:80 Http Passed", "192.0.2.22:80 Tcp Failed",
                "[2001:db8::21]:80 Tcp Passed", "[2001:db8::21]:80 Http Passed", "[2001:db8::22]:80 Tcp Failed",
            ],
            byVip.Select(result => $"{result.RealServer} {result.Check} {result.Outcome}"));
        Assert.All(byVip, result => Assert.True(result.ThroughVip));
        Assert.Equal("192.0.2.10:80 by 192.0.2.21", byVip[0].Target);
        Assert.Equal(before, Topology.State("director"));
        Assert.Empty(_cmdlets.Succeed("director", "Get-LvsConnection -ClientAddress 192.0.2.1, 2001:db8::1"));
        Assert.Equal([false, true], _cmdlets.Succeed("director", "Test-LvsRealServer * 192.0.2.22 -ThroughVip -Timeout 1 -Quiet; Test-LvsRealServer * 192.0.2.21 -ThroughVip -Quiet").Select(value => value.BaseObject));
    }

    [Fact]
    public void What_has_no_way_to_the_VIP_says_why()
    {
        _cmdlets.Succeed("director", "New-LvsVirtualService 192.0.2.10:80; New-LvsVirtualService udp/192.0.2.10:53; New-LvsVirtualService fwmark/7");
        _cmdlets.Succeed("director", "Add-LvsRealServer 192.0.2.10:80 192.0.2.99, 203.0.113.7, 192.0.2.1; Add-LvsRealServer udp/192.0.2.10:53 192.0.2.21; Add-LvsRealServer fwmark/7 192.0.2.21");

        EngineResult result = _cmdlets.Run("director", "Test-LvsRealServer -ThroughVip -Timeout 1");

        string[] found = [.. result.Output.Select(each => (LvsProbeResult)each.BaseObject).OrderBy(each => each.RealServer).Select(each => $"{each.RealServer} {each.Check} {each.Outcome}: {each.Found}")];
        Assert.Equal(4, found.Length);
        Assert.Contains(found, text => text.StartsWith("192.0.2.99:80 Path Failed: 192.0.2.99 answers no ARP request on eth0", StringComparison.Ordinal));
        Assert.Contains("203.0.113.7:80 Path Failed: the director has no route to 203.0.113.7", found);
        Assert.Contains(found, text => text.StartsWith("192.0.2.1:80 Path NotChecked: 192.0.2.1 is the director itself", StringComparison.Ordinal));
        Assert.Contains(found, text => text.StartsWith("192.0.2.21:53 Udp NotChecked", StringComparison.Ordinal));
        Assert.StartsWith("ProbePortMissing,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        LvsProbeResult marked = Assert.Single(Results("Test-LvsRealServer fwmark/7 -ThroughVip -ProbePort 80 -VirtualAddress 192.0.2.10 -Timeout 1"));
        Assert.Equal("192.0.2.10:80 by 192.0.2.21", marked.Target);
    }

    [Fact]
    public async Task A_name_server_and_a_director_over_SSH_are_asked_by_the_VIP_too()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        _cmdlets.Succeed("director", "New-LvsVirtualService udp/192.0.2.10:53; Add-LvsRealServer udp/192.0.2.10:53 192.0.2.21; New-LvsVirtualService 192.0.2.10:80; Add-LvsRealServer 192.0.2.10:80 192.0.2.21, 192.0.2.22");
        _cmdlets.Succeed("rs1", "Enable-LvsRealServerVip 192.0.2.10");
        using Socket names = Topology.InNamespace("rs1", () =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.0.2.10"), 53));
            return socket;
        });
        Task answering = Task.Run(async () =>
        {
            byte[] buffer = new byte[512];
            SocketReceiveFromResult asked = await names.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stop);
            byte[] answer = [.. buffer[..asked.ReceivedBytes], 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 80];
            (answer[2], answer[7]) = (0x81, 1);
            await names.SendToAsync(answer, asked.RemoteEndPoint, stop);
        }, stop);

        LvsProbeResult asked = Assert.Single(Results("Test-LvsRealServer udp/192.0.2.10:53 -Dns www.example.org -ThroughVip"));
        Assert.Equal(("Dns", LvsCheckOutcome.Passed, "192.0.2.80"), (asked.Check, asked.Outcome, asked.Found));
        await answering;

        Environment.SetEnvironmentVariable("STAND_IN_NETWORK", "/run/netns/director");
        EngineResult far = _cmdlets.Engine.Run("$PSDefaultParameterValues = @{}\nTest-LvsRealServer 192.0.2.10:80 -ThroughVip -Http -Timeout 2 -HostName stand-in-netns-lb");
        Assert.Empty(far.Errors);
        Assert.Equal(
            ["192.0.2.21:80 Tcp Passed", "192.0.2.21:80 Http Passed", "192.0.2.22:80 Tcp Failed"],
            far.Output.Select(each => (LvsProbeResult)each.BaseObject).Select(result => $"{result.RealServer} {result.Check} {result.Outcome}"));
    }

    [Fact]
    public void NAT_is_asked_by_the_server_s_own_port_and_other_ways_of_asking_get_the_server()
    {
        _cmdlets.Succeed("director", "New-LvsVirtualService 192.0.2.10:8080; Add-LvsRealServer 192.0.2.10:8080 192.0.2.21:80, 192.0.2.22:81 -Forwarding Nat");

        Assert.Equal(
            ["192.0.2.21:80 Passed", "192.0.2.22:81 Failed"],
            Results("Test-LvsRealServer 192.0.2.10:8080 -ThroughVip").Select(result => $"{result.Target} {result.Outcome}"));
        Assert.Equal(
            ["192.0.2.21:80 Passed True", "192.0.2.22:81 Failed False"],
            Results("Get-LvsRealServer | Test-LvsRealServer -ScriptBlock { $_.Port -eq 80 }").Select(result => $"{result.RealServer} {result.Outcome} {result.Found}"));
        Assert.Equal("it is broken", Results("Test-LvsRealServer 192.0.2.10:8080 192.0.2.21 -ScriptBlock { throw 'it is broken' }")[0].Found);
    }

    [Fact]
    public void A_service_tells_who_answers_and_whether_that_is_as_its_scheduler_promises()
    {
        Serve("-Forwarding DirectRouting");
        foreach (string server in new[] { "rs1", "rs2" })
        {
            _cmdlets.Succeed(server, $"Enable-LvsRealServerVip {Vips}");
        }

        _cmdlets.Succeed("director", "Set-LvsVirtualService 192.0.2.10:80 -Scheduler wrr; Set-LvsRealServer 192.0.2.10:80 192.0.2.21 -Weight 3; Set-LvsVirtualService '[2001:db8::10]:80' -Scheduler rr");
        LvsServiceTest[] even = Tests("Test-LvsVirtualService -From netns:client -Count 12 -Http -BodyPattern ^rs");
        Assert.Equal([(12, "192.0.2.21:80: 9 of 9", "192.0.2.22:80: 3 of 3"), (12, "[2001:db8::21]:80: 6 of 6", "[2001:db8::22]:80: 6 of 6")], even.Select(test => (test.Answered, $"{test.Servers[0]}", $"{test.Servers[1]}")));
        Assert.All(even, test => Assert.True(test is { Passed: true, IsAsPromised: true, Deviation: 0, Untraced: 0 } && test.Minimum > TimeSpan.Zero && test.Minimum <= test.Median && test.Median <= test.Percentile95 && test.Percentile95 <= test.Maximum));

        _cmdlets.Succeed("director", "Set-LvsVirtualService 192.0.2.10:80 -PersistenceTimeout 60");
        LvsServiceTest persistent = Assert.Single(Tests("Test-LvsVirtualService 192.0.2.10:80 -From netns:client -Count 4"));
        Assert.True(persistent.IsAsPromised);
        Assert.Contains(persistent.Servers, server => server is { Answers: 4, Expected: null });

        // One of two does not answer any more.
        _cmdlets.Succeed("director", "Set-LvsVirtualService '[2001:db8::10]:80' -Scheduler rr");
        _cmdlets.Succeed("rs2", "Disable-LvsRealServerVip 2001:db8::10");
        LvsServiceTest half = Assert.Single(Tests("Test-LvsVirtualService '[2001:db8::10]:80' -From netns:client -Count 4 -Timeout 500ms"));
        Assert.Equal((2, 2, "2 x Tcp: no answer within 0.5 s"), (half.Answered, half.Failed, Assert.Single(half.Failures)));
        Assert.Equal(false, Assert.Single(_cmdlets.Succeed("director", "Test-LvsVirtualService '[2001:db8::10]:80' -From netns:client -Count 2 -Timeout 500ms -Quiet")).BaseObject);
    }

    private void Serve(string how)
    {
        foreach ((string service, int index) in Services.Select((service, index) => (service, index)))
        {
            string servers = index == 0 ? "192.0.2.21, 192.0.2.22" : "2001:db8::21, 2001:db8::22";
            _cmdlets.Succeed("director", $"New-LvsVirtualService {service} -Scheduler rr; Add-LvsRealServer {service} {servers} {how}");
        }
    }

    private IReadOnlyList<LvsProbeResult> Results(string script) => [.. _cmdlets.Succeed("director", script).Select(each => (LvsProbeResult)each.BaseObject)];

    private LvsServiceTest[] Tests(string script) => [.. _cmdlets.Succeed("director", script).Select(each => (LvsServiceTest)each.BaseObject)];
}
