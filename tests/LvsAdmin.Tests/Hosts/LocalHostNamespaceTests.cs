using System.Diagnostics;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts;

[Trait("Level", "Kernel")]
public sealed class LocalHostNamespaceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Programs_files_sysctls_and_sockets_are_those_of_the_namespace_and_the_process_stays_outside()
    {
        using NetworkNamespaceFixture fixture = new();
        fixture.Ip("link", "add", "probe0", "type", "veth");
        fixture.Shell("echo 2 >/proc/sys/net/ipv4/conf/probe0/arp_announce");
        await using LocalHost inside = new(fixture.Name);
        await using LocalHost outside = new();

        Assert.Contains("probe0", await NetworkInterfaces.ListAsync(inside, Stop));
        Assert.DoesNotContain("probe0", await NetworkInterfaces.ListAsync(outside, Stop));
        Assert.Contains("probe0", (await inside.RunAsync(new ProgramInvocation("ip", "link"), Stop)).Output, StringComparison.Ordinal);
        Assert.Contains("probe0", await inside.ListDirectoryAsync("/proc/sys/net/ipv4/conf", Stop));
        Assert.Equal("2\n", await inside.ReadFileAsync("/proc/sys/net/ipv4/conf/probe0/arp_announce", Stop));
        await inside.WriteFileAsync("/proc/sys/net/ipv4/conf/probe0/arp_announce", "1", Stop);
        Assert.Equal("1\n", fixture.Shell("cat /proc/sys/net/ipv4/conf/probe0/arp_announce"));
        Assert.Null(await outside.ReadFileAsync("/proc/sys/net/ipv4/conf/probe0/arp_announce", Stop));
        await using INetlinkTransport transport = await inside.OpenNetlinkAsync(Stop);
        // /proc/net/netlink lists the namespace's netlink sockets: "sk Eth Pid ...", 16 being the generic protocol.
        Assert.Contains(
            await inside.ReadLinesAsync("/proc/net/netlink", Stop).ToListAsync(Stop),
            line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "16", var port, ..] && port == $"{transport.PortId}");
    }

    [Fact]
    public async Task A_namespace_is_found_by_path_and_by_process_too()
    {
        using NetworkNamespaceFixture fixture = new();
        fixture.Ip("link", "add", "probe1", "type", "veth");
        await using LocalHost byPath = new($"/run/netns/{fixture.Name}");
        Assert.Contains("probe1", await NetworkInterfaces.ListAsync(byPath, Stop));

        using Process inside = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", fixture.Name, "cat"]) { RedirectStandardInput = true })!;
        await using LocalHost byProcess = new($"{inside.Id}");
        // ip enters the namespace some time after it was started.
        while (!File.ReadAllText($"/proc/{inside.Id}/comm").StartsWith("cat", StringComparison.Ordinal))
        {
            await Task.Delay(5, Stop);
        }

        Assert.Contains("probe1", await NetworkInterfaces.ListAsync(byProcess, Stop));
        inside.StandardInput.Close();
        await inside.WaitForExitAsync(Stop);
    }

    [Fact]
    public async Task A_namespace_made_after_a_first_failure_is_found()
    {
        using NetworkNamespaceFixture fixture = new();
        string name = $"{fixture.Name}-late";
        await using LocalHost host = new(name);
        await Assert.ThrowsAsync<LvsHostException>(async () => await NetworkInterfaces.ListAsync(host, Stop));
        await using LocalHost machine = new();
        await machine.RunAsync(new ProgramInvocation("ip", "netns", "add", name), Stop);
        try
        {
            Assert.Contains("lo", await NetworkInterfaces.ListAsync(host, Stop));
        }
        finally
        {
            await machine.RunAsync(new ProgramInvocation("ip", "netns", "delete", name), Stop);
        }
    }

    [Fact]
    public async Task A_value_that_the_kernel_refuses_is_told_from_other_errors()
    {
        using NetworkNamespaceFixture fixture = new();
        await using LocalHost host = new(fixture.Name);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await host.WriteFileAsync("/proc/sys/net/ipv4/conf/lo/arp_ignore", "many", Stop));
        Assert.Equal(LvsHostError.ValueRefused, refused.Error);
    }

    [Fact]
    public async Task Work_on_one_host_from_many_tasks_stays_in_its_namespace()
    {
        using NetworkNamespaceFixture first = new();
        using NetworkNamespaceFixture second = new();
        first.Ip("link", "add", "first0", "type", "veth");
        second.Ip("link", "add", "second0", "type", "veth");
        await using LocalHost one = new(first.Name);
        await using LocalHost two = new(second.Name);
        await Parallel.ForAsync(0, 200, Stop, async (i, stop) =>
        {
            string expected = i % 2 == 0 ? "first0" : "second0";
            Assert.Contains(expected, await NetworkInterfaces.ListAsync(i % 2 == 0 ? one : two, stop));
        });
    }
}
