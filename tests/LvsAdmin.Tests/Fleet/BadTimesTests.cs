using System.Diagnostics;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Fleet;

/// <summary>What may go wrong with a real SSH server: each is told apart, in time, with the host and what to do.</summary>
[Collection(FleetGroup.Name)]
[Trait("Level", "Fleet")]
public sealed class BadTimesTests(FleetFixture fixture)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rs1:2222", LvsHostError.ConnectionRefused, 3, "2222")]
    [InlineData("no-such-host", LvsHostError.NameResolutionFailed, 10, "no-such-host")]
    [InlineData("10.98.4.4", LvsHostError.HostUnreachable, 8, "10.98.4.4")]
    [InlineData("stranger", LvsHostError.HostKeyUnknown, 3, "fingerprint")]
    [InlineData("changed", LvsHostError.HostKeyChanged, 3, "ssh-keygen -R")]
    [InlineData("locked", LvsHostError.AuthenticationFailed, 3, "key")]
    [InlineData("nobody-of-that-name@rs1", LvsHostError.AuthenticationFailed, 3, "nobody-of-that-name")]
    public async Task A_host_that_lets_nobody_in_says_why(string name, LvsHostError error, int seconds, string hint)
    {
        _ = fixture;
        await using SshHost host = FleetFixture.Host(name);

        LvsConnectionException exception = await FailAsync(() => host.OpenAsync(Stop), seconds);

        Assert.Equal(error, exception.Error);
        Assert.Contains(host.Name, exception.Message, StringComparison.Ordinal);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_swallows_packets_costs_no_more_than_the_time_that_it_was_given()
    {
        await using SshHost host = FleetFixture.Host("void", seconds: 2);

        Assert.Equal(LvsHostError.ConnectionTimeout, (await FailAsync(() => host.OpenAsync(Stop), 4)).Error);
    }

    [Fact]
    public async Task A_server_that_accepts_and_never_speaks_costs_no_more_than_the_time_that_it_was_given()
    {
        using CuttingProxy silent = new(null);
        await using SshHost host = FleetFixture.Host($"127.0.0.1:{silent.Port}", seconds: 2);

        Assert.Equal(LvsHostError.ConnectionTimeout, (await FailAsync(() => host.OpenAsync(Stop), 4)).Error);
    }

    [Theory]
    [InlineData("admin2@rs1", LvsHostError.SudoRefused, "password")]
    [InlineData("admin3@rs1", LvsHostError.SudoRefused, "sudo")]
    [InlineData("nosudo", LvsHostError.ProgramMissing, "sudo")]
    public async Task Sudo_that_does_not_work_is_an_error_and_no_question(string name, LvsHostError error, string hint)
    {
        await using SshHost host = FleetFixture.Host(name, sudo: true);

        LvsConnectionException exception = await FailAsync(() => host.OpenAsync(Stop), 5);

        Assert.Equal(error, exception.Error);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sudo_that_works_makes_root()
    {
        await using SshHost plain = FleetFixture.Host("admin@rs1");
        await using SshHost root = FleetFixture.Host("admin@rs1", sudo: true);

        Assert.NotEqual("0\n", (await plain.RunAsync(new ProgramInvocation("id", "-u"), Stop)).Output);
        Assert.Equal("0\n", (await root.RunAsync(new ProgramInvocation("id", "-u"), Stop)).Output);
        await AskKernelAsync(root);
    }

    [Theory]
    [InlineData("rs1")]
    [InlineData("busybox")]
    [InlineData("noisy")]
    [InlineData("german")]
    [InlineData("perl")]
    [InlineData("python")]
    [InlineData("[fd98::1:1]:22")]
    public async Task A_host_that_is_only_peculiar_serves_all_the_same(string name)
    {
        await using SshHost host = FleetFixture.Host(name);

        Assert.Equal("1\n", await host.ReadFileAsync("/proc/sys/net/ipv4/conf/lo/forwarding", Stop) is "0\n" or "1\n" ? "1\n" : null);
        Assert.Null(await host.ReadFileAsync("/no/such/file", Stop));
        ProgramResult failed = await host.RunAsync(new ProgramInvocation("ls", "/no/such/file"), Stop);
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("No such file", failed.Error, StringComparison.Ordinal);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await host.WriteFileAsync("/proc/sys/net/ipv4/conf/lo/arp_ignore", "no number", Stop));
        Assert.Equal(LvsHostError.ValueRefused, refused.Error);
        await AskKernelAsync(host);
        // Also beside and after the kernel's relay, over the same connection.
        Assert.Contains("eth0", await host.ListDirectoryAsync("/proc/sys/net/ipv4/conf", Stop));
    }

    [Theory]
    [InlineData("bare", "perl", "python3")]
    public async Task Without_perl_and_python_everything_but_the_kernel_can_be_asked(string name, params string[] missing)
    {
        await using SshHost host = FleetFixture.Host(name);

        Assert.NotNull(await host.ReadFileAsync("/proc/sys/kernel/osrelease", Stop));
        LvsHostException exception = await Assert.ThrowsAnyAsync<LvsHostException>(async () => await host.OpenNetlinkAsync(Stop));
        Assert.Equal(LvsHostError.ProgramMissing, exception.Error);
        Assert.All(missing, program => Assert.Contains(program, exception.Message, StringComparison.Ordinal));
        Assert.NotNull(await host.ReadFileAsync("/proc/sys/kernel/osrelease", Stop));
    }

    [Fact]
    public async Task Without_ip_the_package_is_named()
    {
        await using SshHost host = FleetFixture.Host("noip");

        LvsHostException exception = await Assert.ThrowsAnyAsync<LvsHostException>(async () => await host.RunAsync(new ProgramInvocation("ip", "address"), Stop));

        Assert.Equal(LvsHostError.ProgramMissing, exception.Error);
        Assert.Contains("iproute2", exception.Message, StringComparison.Ordinal);
        Assert.Contains("noip", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_dies_in_the_middle_of_a_reply_is_lost_and_found_again()
    {
        using CuttingProxy proxy = new("rs1");
        await using SshHost host = new(SshTarget.Parse($"127.0.0.1:{proxy.Port}") with { Options = new Dictionary<string, string> { ["HostKeyAlias"] = "rs1" } });
        await host.OpenAsync(Stop);
        Task<ProgramResult> run = host.RunAsync(new ProgramInvocation("sh", "-c", "echo begin; sleep 30"), Stop).AsTask();
        Task<string?> behind = host.ReadFileAsync("/proc/sys/kernel/osrelease", Stop).AsTask();
        await Task.Delay(300, Stop);

        proxy.Cut();

        LvsConnectionException exception = await FailAsync(async () => await run, 3);
        Assert.Equal(LvsHostError.ConnectionLost, exception.Error);
        Assert.Contains("127.0.0.1", exception.Message, StringComparison.Ordinal);
        Assert.Equal(LvsHostError.ConnectionLost, (await FailAsync(async () => await behind, 3)).Error);
        Assert.False(host.IsOpen);
        Assert.NotNull(await host.ReadFileAsync("/proc/sys/kernel/osrelease", Stop));
    }

    [Fact]
    public async Task A_netlink_conversation_ends_with_its_connection()
    {
        using CuttingProxy proxy = new("rs1");
        await using SshHost host = new(SshTarget.Parse($"127.0.0.1:{proxy.Port}") with { Options = new Dictionary<string, string> { ["HostKeyAlias"] = "rs1" } });
        await using INetlinkTransport transport = await host.OpenNetlinkAsync(Stop);

        proxy.Cut();

        Assert.Equal(LvsHostError.ConnectionLost, (await FailAsync(async () => await transport.ReceiveAsync(new byte[65536], Stop), 3)).Error);
    }

    [Fact]
    public async Task A_reply_of_200_megabytes_is_refused_without_taking_the_memory()
    {
        await using SshHost host = FleetFixture.Host("rs1");
        await host.OpenAsync(Stop);
        long before = GC.GetTotalAllocatedBytes();
        Stopwatch watch = Stopwatch.StartNew();

        LvsHostException exception = await Assert.ThrowsAnyAsync<LvsHostException>(
            async () => await host.RunAsync(new ProgramInvocation("head", "-c", "200000000", "/dev/zero"), Stop));

        Assert.Equal(LvsHostError.BadReply, exception.Error);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 100_000_000, $"{GC.GetTotalAllocatedBytes() - before} bytes were allocated");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
        Assert.NotNull(await host.ReadFileAsync("/proc/sys/kernel/osrelease", Stop));
    }

    [Fact]
    public async Task A_gateway_that_drops_bursts_of_logins_is_spared_them()
    {
        SshHost[] hosts = [.. Enumerable.Range(1, 20).Select(number => FleetFixture.Host($"rs{number}-gated", seconds: 60))];
        try
        {
            await Task.WhenAll(hosts.Select(host => host.OpenAsync(Stop).AsTask()));

            Assert.All(hosts, host => Assert.True(host.IsOpen));
            string log = await File.ReadAllTextAsync(Path.Combine(Environment.GetEnvironmentVariable("LVS_FLEET")!, "gate.log"), Stop);
            Assert.DoesNotContain("past MaxStartups", log, StringComparison.Ordinal);
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
        }
    }

    private static async Task AskKernelAsync(SshHost host)
    {
        await using NetlinkConnection connection = new(await host.OpenNetlinkAsync(Stop));
        GenericNetlinkFamily? family = await GenericNetlinkFamily.FindAsync(connection, "nlctrl", Stop);
        Assert.Equal(16, family!.Id);
    }

    private static async Task<LvsConnectionException> FailAsync(Func<ValueTask> work, int seconds)
    {
        Stopwatch watch = Stopwatch.StartNew();
        LvsConnectionException exception = await Assert.ThrowsAnyAsync<LvsConnectionException>(async () => await work());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), $"it took {watch.Elapsed} to fail: {exception.Message}");
        return exception;
    }

    private static Task<LvsConnectionException> FailAsync<T>(Func<Task<T>> work, int seconds) => FailAsync(async () => { _ = await work(); }, seconds);
}
