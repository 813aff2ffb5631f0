using System.Diagnostics;
using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts.Ssh;

/// <summary>Netlink through the relay, against this machine's kernel, which answers questions for its families to everybody.</summary>
[Trait("Level", "Bytes")]
[SupportedOSPlatform("linux")]
public sealed class SshRelayTests
{
    private const string Controller = "nlctrl";

    public static TheoryData<string, string> Kinds => new() { { "dash", "perl" }, { "dash", "python3" }, { "busybox sh", "perl" }, { "bash --posix", "python3" } };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_kernel_answers_through_the_relay_and_files_and_programs_go_on(string shell, string interpreter)
    {
        using StandInSsh ssh = Host(shell, interpreter);
        await using SshHost host = ssh.Host();
        string? before = await host.ReadFileAsync("/proc/sys/kernel/pid_max", Stop);

        // While requests are under way, and more are made.
        Task<ProgramResult> slow = host.RunAsync(new ProgramInvocation("sh", "-c", "sleep 0.3; printf slow; printf e >&2"), Stop).AsTask();
        Task<INetlinkTransport>[] opening = [.. Enumerable.Range(0, 3).Select(_ => host.OpenNetlinkAsync(Stop).AsTask())];
        Task<string?> behind = host.ReadFileAsync("/proc/sys/kernel/pid_max", Stop).AsTask();
        INetlinkTransport[] transports = await Task.WhenAll(opening);
        Assert.Equal(new ProgramResult(0, "slow", "e"), await slow);
        Assert.Equal(before, await behind);
        Assert.Equal(3, transports.Select(transport => transport.PortId).Distinct().Count());

        await using NetlinkConnection one = new(transports[0]);
        await using NetlinkConnection two = new(transports[1]);
        Assert.Equal(new GenericNetlinkFamily(Controller, 16, 2), await GenericNetlinkFamily.FindAsync(one, Controller, Stop));
        Assert.Null(await GenericNetlinkFamily.FindAsync(two, "no-such-family", Stop));
        await transports[2].DisposeAsync();

        // Many answers at once, and a long reply of the shell beside them.
        Task<ProgramResult> beside = host.RunAsync(new ProgramInvocation("sh", ["-c", "cat; head -c 500000 /dev/zero"], new string('x', 300_000)), Stop).AsTask();
        NetlinkErrorException?[] errors = await one.ExecuteAsync(Requests(1000), null, Stop);
        Assert.Equal(1000, errors.Length);
        Assert.All(errors, Assert.Null);
        ProgramResult result = await beside;
        Assert.Equal((0, 800_000), (result.ExitCode, result.Output.Length));
        Assert.Equal(new GenericNetlinkFamily(Controller, 16, 2), await GenericNetlinkFamily.FindAsync(two, Controller, Stop));
        Assert.Single(ssh.Processes);
    }

    [Fact]
    public async Task Without_perl_and_python_that_is_said_and_everything_else_works()
    {
        using StandInSsh ssh = Host("dash", null);
        await using SshHost host = ssh.Host();
        LvsHostException missing = await Assert.ThrowsAsync<LvsHostException>(async () => await host.OpenNetlinkAsync(Stop));
        Assert.Equal(LvsHostError.ProgramMissing, missing.Error);
        Assert.Contains("perl", missing.Message, StringComparison.Ordinal);
        Assert.Contains("python3", missing.Message, StringComparison.Ordinal);
        Assert.NotNull(await host.ReadFileAsync("/proc/sys/kernel/pid_max", Stop));
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("echo no relay at all; cat >/dev/null")]
    [InlineData("head -c 70000 /dev/urandom; cat >/dev/null")]
    public async Task A_relay_that_is_none_is_one_typed_error_and_the_next_call_connects_again(string perl)
    {
        using StandInSsh ssh = Host("dash", null);
        ssh.Install("perl", perl);
        await using SshHost host = ssh.Host();
        LvsConnectionException failed = await Assert.ThrowsAsync<LvsConnectionException>(async () => await host.OpenNetlinkAsync(Stop));
        Assert.True(failed.Error is LvsHostError.ConnectionLost or LvsHostError.BadReply, $"{failed.Error}");
        Assert.NotNull(await host.ReadFileAsync("/proc/sys/kernel/pid_max", Stop));
        Assert.Equal(2, ssh.Processes.Length);
    }

    [Theory]
    [InlineData("perl")]
    [InlineData("python3")]
    public async Task A_closed_connection_ends_the_relay_and_its_shell_and_tells_who_waits(string interpreter)
    {
        using StandInSsh ssh = Host("dash", interpreter);
        SshHost host = ssh.Host();
        INetlinkTransport transport = await host.OpenNetlinkAsync(Stop);
        int shell = int.Parse((await host.RunAsync(new ProgramInvocation("sh", "-c", "echo $PPID"), Stop)).Output, System.Globalization.CultureInfo.InvariantCulture);
        Task<int> waiting = transport.ReceiveAsync(new byte[65536], Stop).AsTask();
        await host.DisposeAsync();
        await Assert.ThrowsAsync<LvsConnectionException>(() => waiting);
        await transport.DisposeAsync();
        await Gone(ssh.Processes[0]);
        await Gone(shell);
    }

    internal static async Task Gone(int process)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (Directory.Exists($"/proc/{process}") && !(await File.ReadAllTextAsync($"/proc/{process}/stat", Stop)).Contains(") Z ", StringComparison.Ordinal))
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), $"process {process} is still there");
            await Task.Delay(10, Stop);
        }
    }

    // The host has the one, and not the other.
    internal static StandInSsh Host(string shell, string? interpreter)
    {
        StandInSsh ssh = new(shell, path: "/nowhere");
        foreach (string program in (string[])["cat", "head", "sleep", .. interpreter is null ? Array.Empty<string>() : [interpreter]])
        {
            string path = Find(program);
            if (path.Length == 0)
            {
                ssh.Dispose();
                Assert.Skip($"{program} is not installed");
            }

            // .NET ignores SIGPIPE, and all that it starts does so too; a real server's programs do not.
            ssh.Install(program, $"exec /usr/bin/env --default-signal=PIPE {path} \"$@\"");
        }

        return ssh;
    }

    // A python3 on PATH may be a script of a version manager, which needs more of PATH than the host has.
    private static string Find(string program)
    {
        using Process found = Process.Start(new ProcessStartInfo("sh", ["-c", "test $1 = python3 && exec python3 -c 'import sys; print(sys.executable)'; command -v $1", "sh", program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return found.StandardOutput.ReadToEnd().Trim();
    }

    private static NetlinkRequests Requests(int count)
    {
        NetlinkRequests requests = new();
        for (int i = 0; i < count; i++)
        {
            // CTRL_CMD_GETFAMILY by CTRL_ATTR_FAMILY_NAME.
            requests.Begin<FamilyAttribute>(16, 3, 1).Write(FamilyAttribute.Name, Controller);
        }

        return requests;
    }

    private enum FamilyAttribute : ushort
    {
        Name = 2,
    }
}
