using System.Diagnostics;
using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Fleet;

/// <summary>Cmdlets on many real SSH servers at once; ip and cat in their namespaces are the witnesses.</summary>
[Collection(FleetGroup.Name)]
[Trait("Level", "Fleet")]
public sealed class FleetCommandTests(FleetFixture fixture)
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public void One_bad_host_of_twenty_is_one_error_and_nineteen_answer()
    {
        EngineResult result = Run("Get-LvsArpPolicy all -HostName rs[1-19], locked");

        Assert.Equal(Names("rs", 1, 19), Hosts(result));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("AuthenticationFailed", Id(error));
        Assert.Equal("locked", error.TargetObject);
        Assert.Contains("locked", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_bad_host_is_one_error_of_its_own_kind_and_none_delays_the_others()
    {
        using CuttingProxy silent = new(null);

        EngineResult result = Run($"Get-LvsArpPolicy all -ConnectingTimeout 6000 -HostName rs1, rs1:2222, no-such-host, 10.98.4.4, void, stranger, changed, locked, nologin@rs2, 127.0.0.1:{silent.Port}, noisy, rs2", 20);

        Assert.Equal(["noisy", "rs1", "rs2"], Hosts(result));
        Assert.Equal(
            [
                "10.98.4.4 HostUnreachable",
                $"127.0.0.1:{silent.Port} ConnectionTimeout",
                "changed HostKeyChanged",
                "locked AuthenticationFailed",
                "no-such-host NameResolutionFailed",
                "nologin@rs2 BadReply",
                "rs1:2222 ConnectionRefused",
                "stranger HostKeyUnknown",
                "void ConnectionTimeout",
            ],
            Errors(result));
        Assert.All(result.Errors, error => Assert.Contains((string)error.TargetObject, error.Exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Sudo_is_used_where_it_is_allowed_and_an_error_elsewhere()
    {
        EngineResult result = Run("Get-LvsArpPolicy all -Sudo -HostName admin@rs1, sudoer, admin2@rs1, admin3@rs1, nosudo");

        Assert.Equal(["admin@rs1", "sudoer"], Hosts(result));
        Assert.Equal(["admin2@rs1 SudoRefused", "admin3@rs1 SudoRefused", "nosudo ProgramMissing"], Errors(result));
    }

    [Fact]
    public void What_a_host_lacks_is_named_with_the_host()
    {
        ErrorRecord ip = Assert.Single(Run("Enable-LvsRealServerVip 192.0.2.10 -HostName noip").Errors);
        ErrorRecord interpreter = Assert.Single(Run("Get-LvsVirtualService -HostName bare").Errors);

        Assert.Equal("ProgramMissing", Id(ip));
        Assert.Matches("iproute2.*noip|noip.*iproute2", ip.Exception.Message);
        Assert.Equal("ProgramMissing", Id(interpreter));
        Assert.Matches("perl.*bare|bare.*perl", interpreter.Exception.Message);
    }

    [Fact]
    public void Names_in_ranges_and_twice_are_each_worked_on_once() =>
        Assert.Equal(["[fd98::1:9]:22", "rs1", "rs2", "rs3", "rs5"], Hosts(Run("Get-LvsArpPolicy all -HostName 'rs[1-3,5]', rs2, '# a comment', '', '[fd98::1:9]:22', rs1")));

    [Fact]
    public async Task A_pipeline_changes_each_host_by_what_came_from_it()
    {
        Assert.Empty(Run("Get-LvsArpPolicy all -HostName rs[11-15] | Where-Object HostName -ne rs13 | Set-LvsArpPolicy -Ignore 1 -Announce 2").Errors);

        foreach (int number in Enumerable.Range(11, 5))
        {
            Assert.Equal(number == 13 ? "0" : "1", (await WitnessAsync("netns", "exec", $"rs{number}", "cat", "/proc/sys/net/ipv4/conf/all/arp_ignore")).Trim());
        }

        Assert.Empty(Run("Reset-LvsArpPolicy all -HostName rs[11-15]").Errors);
        Assert.Equal("0", (await WitnessAsync("netns", "exec", "rs11", "cat", "/proc/sys/net/ipv4/conf/all/arp_ignore")).Trim());
    }

    [Fact]
    public async Task A_virtual_address_comes_and_goes_on_many_hosts()
    {
        Assert.Empty(Run("Enable-LvsRealServerVip 192.0.2.10, 2001:db8::10 -HostName rs[16-18], busybox").Errors);
        foreach (string host in new[] { "rs16", "rs17", "rs18", "busybox" })
        {
            string addresses = await WitnessAsync("-n", host, "address");
            Assert.Contains("192.0.2.10/32", addresses, StringComparison.Ordinal);
            Assert.Contains("2001:db8::10/128", addresses, StringComparison.Ordinal);
        }

        Assert.Empty(Run("Disable-LvsRealServerVip 192.0.2.10, 2001:db8::10 -HostName rs[16-18], busybox").Errors);
        Assert.DoesNotContain("192.0.2.10", await WitnessAsync("-n", "busybox", "address"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_ends_every_ssh_within_a_second()
    {
        using CuttingProxy silent = new(null);
        Assert.Empty(FleetProcesses.Ssh());
        Task<EngineResult> run = Task.Run(
            () => fixture.Engine.Run($"Get-LvsArpPolicy all -HostName void, 127.0.0.1:{silent.Port}, root@127.0.0.1:{silent.Port}"),
            TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => FleetProcesses.Ssh().Length >= 3, TimeSpan.FromSeconds(5)), $"{FleetProcesses.Ssh().Length} ssh were started");

        Stopwatch watch = Stopwatch.StartNew();
        fixture.Engine.Stop();
        EngineResult result = await run.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.True(result.Stopped);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"stopping took {watch.Elapsed}");
        AssertNoSsh(TimeSpan.FromSeconds(1) - watch.Elapsed);
    }

    [Fact]
    public async Task Stopping_ends_also_what_goes_through_a_jump_host()
    {
        Task<EngineResult> run = Task.Run(() => fixture.Engine.Run("Get-LvsArpPolicy all -HostName void -Options @{ ProxyJump = 'gate' }"), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => FleetProcesses.Ssh().Length >= 2, TimeSpan.FromSeconds(5)), $"{FleetProcesses.Ssh().Length} ssh were started");

        Stopwatch watch = Stopwatch.StartNew();
        fixture.Engine.Stop();
        await run.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        AssertNoSsh(TimeSpan.FromSeconds(1) - watch.Elapsed);
    }

    [Fact]
    public void Sessions_log_in_once_and_are_cheap_to_keep()
    {
        long before = ProcessWatch.MemoryNow();
        EngineResult opened = Run("$sessions = New-LvsSession rs[1-40]");
        int[] processes = FleetProcesses.Ssh();
        try
        {
            Assert.Empty(opened.Errors);
            Assert.Equal(40, processes.Length);
            Assert.Equal(Names("rs", 1, 40), Hosts(Run("Get-LvsArpPolicy all -LvsSession $sessions")));
            Assert.Equal(Names("rs", 1, 40), Hosts(Run("$sessions | Get-LvsArpPolicy all")));
            Assert.Equal(processes.Order(), FleetProcesses.Ssh().Order());
            long each = (processes.Sum(FleetProcesses.Memory) + Math.Max(0, ProcessWatch.MemoryNow() - before)) / 40;
            Assert.True(each < 10 * Megabyte, $"{each} bytes a host");
        }
        finally
        {
            Assert.Empty(Run("Get-LvsSession | Remove-LvsSession").Errors);
        }

        AssertNoSsh(TimeSpan.FromSeconds(1));
    }

    // A process that was killed is there until its parent has heard of it.
    private static void AssertNoSsh(TimeSpan within) =>
        Assert.True(SpinWait.SpinUntil(() => FleetProcesses.Ssh().Length == 0, within), $"{FleetProcesses.Ssh().Length} ssh still run");

    // Forty logins take a machine with two processors two seconds, and one that is busy otherwise ten.
    private EngineResult Run(string line, int seconds = 30)
    {
        Stopwatch watch = Stopwatch.StartNew();
        EngineResult result = fixture.Engine.Run(line);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), $"'{line}' took {watch.Elapsed}: {string.Join('\n', result.Errors)}");
        return result;
    }

    private static IEnumerable<string> Names(string prefix, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => $"{prefix}{number}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Hosts(EngineResult result) =>
        result.Output.Select(output => (string)output.Properties["HostName"].Value).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Errors(EngineResult result) => result.Errors.Select(error => $"{error.TargetObject} {Id(error)}").Order(StringComparer.Ordinal);

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    // ip, here: it enters the namespaces by their names, and no SSH is in between.
    private static async Task<string> WitnessAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
