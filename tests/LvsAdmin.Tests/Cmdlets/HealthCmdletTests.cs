using System.Net;
using System.Net.Sockets;
using System.Text;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Real servers of a simulated director that are listeners of this process.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class HealthCmdletTests : IDisposable
{
    private readonly CmdletFixture _fixture;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HealthCmdletTests(CmdletFixture fixture)
    {
        _fixture = fixture;
        _listener.Start();
        _ = ServeAsync();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Stop();

    [Fact]
    public void Servers_are_asked_and_told_in_their_order_and_one_answer_is_made_of_all()
    {
        EngineResult result = Run($$"""
            Test-LvsRealServer 192.0.2.10:80 -Http -BodyPattern hello -ProbePort {{Port}} -LvsSession $s | ForEach-Object { "$($_.RealServer.Address) $($_.Check) $($_.Outcome) $($_.From)" }
            Test-LvsRealServer 192.0.2.10:80 127.0.0.1 -ProbePort {{Port}} -LvsSession $s -Quiet
            Test-LvsRealServer 192.0.2.10:80 127.0.0.1 -ProbePort {{Port}} -Http -ExpectedStatus 500-599, 404 -LvsSession $s -Quiet
            Get-LvsRealServer -LvsSession $s | Test-LvsRealServer -ProbePort {{Port}} -Quiet
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["127.0.0.1 Tcp Passed localhost", "127.0.0.1 Http Passed localhost", "127.0.0.2 Tcp Failed localhost", "True", "False", "False"],
            result.Output.Select(value => $"{value}"));
    }

    [Fact]
    public void A_server_that_is_not_there_makes_no_good_answer()
    {
        EngineResult result = Run($"Test-LvsRealServer 192.0.2.10:80 127.0.0.1, 192.0.2.77 -ProbePort {Port} -LvsSession $s -Quiet");

        Assert.Equal("False", $"{Assert.Single(result.Output)}");
        Assert.StartsWith("RealServerNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -Http -Smtp", "ProbeNamedTwice")]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -Http -ExpectedStatus 20x", "InvalidStatus")]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -Http -BodyPattern '('", "InvalidPattern")]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -Http -Path \"/a`r`nX: y\"", "InvalidRequest")]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -Dns a..b", "InvalidDnsName")]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -ThroughVip -From netns:client", "ProbePathUnclear")]
    [InlineData("Test-LvsRealServer 192.0.2.10:80 -From $s", "NotSupported")]
    [InlineData("Test-LvsRealServer fwmark/7 -ThroughVip -ProbePort 80", "VirtualAddressMissing")]
    [InlineData("Test-LvsVirtualService 192.0.2.10:80 -Http -Dns x", "ProbeNamedTwice")]
    [InlineData("Test-LvsVirtualService fwmark/7 -VirtualAddress 127.0.0.1", "ProbePortMissing")]
    [InlineData("Test-LvsVirtualService fwmark/7 -ProbePort 80", "VirtualAddressMissing")]
    [InlineData("Test-LvsVirtualService udp/192.0.2.10:53", "ProbeMissing")]
    public void What_cannot_be_asked_is_an_error_with_an_id(string line, string id)
    {
        EngineResult result = Run($"{line} -LvsSession $s");

        Assert.Empty(result.Output);
        Assert.All(result.Errors, error => Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.NotEmpty(result.Errors);
    }

    [Theory]
    [InlineData("rr", 100, 1, "6,6", true, 0.0)]
    [InlineData("rr", 100, 1, "7,5", true, 1.0 / 12)]
    [InlineData("rr", 100, 1, "12,0", false, 0.5)]
    [InlineData("wrr", 3, 1, "9,3", true, 0.0)]
    [InlineData("wrr", 3, 1, "6,6", false, 0.25)]
    [InlineData("wlc", 3, 1, "7,5", true, 1.0 / 6)]
    [InlineData("wlc", 3, 1, "0,12", false, 0.75)]
    [InlineData("fo", 3, 1, "12,0", true, 0.0)]
    [InlineData("sh", 3, 1, "0,12", true, 0.0)]
    [InlineData("mh", 3, 1, "1,11", false, 1.0 / 12)]
    [InlineData("rr", 1, 0, "12,0", true, 0.0)]
    [InlineData("ovf", 3, 1, "12,0", null, null)]
    public void The_spread_is_held_against_the_scheduler_s_promise(string scheduler, int weight, int other, string answers, bool? holds, double? deviation)
    {
        LvsVirtualService service = new(new VirtualServiceSettings { VirtualService = LvsServiceId.Parse("192.0.2.10:80"), Scheduler = scheduler });
        LvsRealServer[] servers = [Server("192.0.2.21:80", weight), Server("192.0.2.22:80", other)];
        int[] counts = [.. answers.Split(',').Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        Dictionary<LvsServerId, int> given = new() { [servers[0].RealServer] = counts[0], [servers[1].RealServer] = counts[1] };

        SchedulerPromise promise = SchedulerPromise.Of(service, servers);

        Assert.Equal(holds, promise.Holds(given));
        Assert.Equal(deviation, promise.Deviation(given) is { } value ? Math.Round(value, 9) is var rounded && Math.Abs(rounded - (deviation ?? -1)) < 1e-6 ? deviation : rounded : null);

        LvsRealServer Server(string id, int its) => new(service.VirtualService, new RealServerSettings { RealServer = LvsServerId.Parse(id), Forwarding = LvsForwardingMethod.Nat, Weight = its });
    }

    private EngineResult Run(string script) => _fixture.Engine.Run($$"""
        $s = New-LvsSession -Simulated
        New-LvsVirtualService 192.0.2.10:80, udp/192.0.2.10:53, fwmark/7 -LvsSession $s
        Add-LvsRealServer 192.0.2.10:80 127.0.0.1, 127.0.0.2 -Forwarding Nat -LvsSession $s
        Add-LvsRealServer fwmark/7 127.0.0.1 -Forwarding Nat -LvsSession $s
        {{(script.Contains("-ThroughVip -", StringComparison.Ordinal) ? "Set-LvsRealServer 192.0.2.10:80 * -Forwarding DirectRouting -LvsSession $s" : string.Empty)}}
        {{script}}
        Remove-LvsSession $s
        """);

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using Socket client = await _listener.AcceptSocketAsync();
                await client.ReceiveAsync(new byte[4096]);
                await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                if (!_listener.Server.IsBound)
                {
                    return;
                }
            }
        }
    }
}
