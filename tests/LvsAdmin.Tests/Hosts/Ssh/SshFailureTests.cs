using System.Diagnostics;
using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts.Ssh;

/// <summary>Each way in which a connection fails is one error of its own kind.</summary>
[Trait("Level", "Bytes")]
[SupportedOSPlatform("linux")]
public sealed class SshFailureTests
{
    private const string File = "/proc/sys/kernel/pid_max";

    private static readonly SshTarget Target = new("rs1") { UserName = "root", ConnectingTimeout = TimeSpan.FromSeconds(3) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // As OpenSSH has said it over the years, and on other systems.
    [Theory]
    [InlineData(LvsHostError.NameResolutionFailed, "ssh: Could not resolve hostname rs1: Name or service not known")]
    [InlineData(LvsHostError.NameResolutionFailed, "ssh: Could not resolve hostname rs1: Temporary failure in name resolution")]
    [InlineData(LvsHostError.NameResolutionFailed, "ssh: Could not resolve hostname rs1: nodename nor servname provided, or not known")]
    [InlineData(LvsHostError.NameResolutionFailed, "ssh: Could not resolve hostname rs1: No such host is known. ")]
    [InlineData(LvsHostError.NameResolutionFailed, "channel 0: open failed: connect failed: Name or service not known\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535")]
    [InlineData(LvsHostError.ConnectionRefused, "ssh: connect to host rs1 port 22: Connection refused")]
    [InlineData(LvsHostError.ConnectionRefused, "channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535")]
    [InlineData(LvsHostError.HostUnreachable, "ssh: connect to host rs1 port 22: No route to host")]
    [InlineData(LvsHostError.HostUnreachable, "ssh: connect to host rs1 port 22: Network is unreachable")]
    [InlineData(LvsHostError.ConnectionTimeout, "ssh: connect to host rs1 port 22: Connection timed out")]
    [InlineData(LvsHostError.ConnectionTimeout, "ssh: connect to host rs1 port 22: Operation timed out")]
    [InlineData(LvsHostError.ConnectionTimeout, "Connection timed out during banner exchange\nConnection to 192.0.2.21 port 22 timed out")]
    [InlineData(LvsHostError.HostKeyUnknown, "Host key verification failed.")]
    [InlineData(LvsHostError.HostKeyUnknown, "No ED25519 host key is known for rs1 and you have requested strict checking.\nHost key verification failed.")]
    [InlineData(LvsHostError.HostKeyChanged, "@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@\nHost key for rs1 has changed and you have requested strict checking.\nHost key verification failed.")]
    [InlineData(LvsHostError.HostKeyChanged, "@       WARNING: REVOKED HOST KEY DETECTED!               @\nHost key verification failed.")]
    [InlineData(LvsHostError.AuthenticationFailed, "root@rs1: Permission denied (publickey,password).")]
    [InlineData(LvsHostError.AuthenticationFailed, "Received disconnect from 192.0.2.21 port 22:2: Too many authentication failures\nDisconnected from 192.0.2.21 port 22")]
    [InlineData(LvsHostError.ConnectionLost, "channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535")]
    [InlineData(LvsHostError.BadReply, "kex_exchange_identification: banner line contains invalid characters\nbanner exchange: Connection to 192.0.2.21 port 80: invalid format")]
    [InlineData(LvsHostError.Failed, "command-line: line 0: Bad configuration option: nosuch")]
    [InlineData(LvsHostError.Failed, "Unable to negotiate with 192.0.2.21 port 22: no matching key exchange method found. Their offer: x")]
    [InlineData(LvsHostError.Failed, "")]
    public async Task What_ssh_says_has_its_kind(LvsHostError error, string words)
    {
        using StandInSsh ssh = new(before: $"printf '%s\\n' '{words}' >&2; exit 255");
        LvsConnectionException failed = await FailsAsync(error, ssh);
        Assert.Contains("rs1", failed.Message, StringComparison.Ordinal);
        Assert.Contains(words.Split('\n')[^1].Trim(), failed.Message, StringComparison.Ordinal);
        Assert.Single(ssh.Processes);
    }

    [Theory]
    [InlineData("kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.21 port 22")]
    [InlineData("kex_exchange_identification: read: Connection reset by peer\nConnection reset by 192.0.2.21 port 22")]
    [InlineData("ssh_exchange_identification: Connection closed by remote host")]
    [InlineData("Connection closed by 192.0.2.21")]
    public async Task A_connection_that_was_dropped_at_once_is_tried_again_twice(string words)
    {
        using (StandInSsh ssh = new(before: $"printf '%s\\n' '{words}' >&2; exit 255"))
        {
            await FailsAsync(LvsHostError.ConnectionLost, ssh);
            Assert.Equal(3, ssh.Processes.Length);
        }

        using (StandInSsh ssh = new(before: $"d=$(dirname \"$0\"); [ $(wc -l <$d/processes) -ge 3 ] || {{ printf '%s\\n' '{words}' >&2; exit 255; }}"))
        {
            await using SshHost host = ssh.Host(target: Target);
            Assert.NotNull(await host.ReadFileAsync(File, Stop));
            Assert.Equal(3, ssh.Processes.Length);
        }
    }

    [Theory]
    [InlineData(LvsHostError.SudoRefused, "echo 'sudo: a password is required' >&2; exit 1")]
    [InlineData(LvsHostError.SudoRefused, "echo 'admin is not in the sudoers file.  This incident will be reported.' >&2; exit 1")]
    [InlineData(LvsHostError.SudoRefused, "echo 'Sorry, user admin is not allowed to execute /bin/sh as root on rs1.' >&2; exit 1")]
    [InlineData(LvsHostError.SudoRefused, "echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1")]
    public async Task What_sudo_says_has_its_kind(LvsHostError error, string sudo)
    {
        using StandInSsh ssh = new();
        ssh.Install("sudo", sudo);
        LvsConnectionException failed = await FailsAsync(error, ssh, Target with { Sudo = true });
        Assert.Contains("sudo", failed.Message, StringComparison.Ordinal);
        ssh.Install("sudo", "[ \"$1 $2\" = '-n --' ] || exit 9; shift 2; echo 'sudo: unable to resolve host rs1' >&2; SUDO=yes; export SUDO; exec \"$@\"");
        await using SshHost host = ssh.Host(target: Target with { Sudo = true });
        Assert.Equal(new ProgramResult(0, "yes", ""), await host.RunAsync(new ProgramInvocation("sh", "-c", "printf $SUDO"), Stop));
    }

    [Fact]
    public async Task Missing_programs_are_named()
    {
        using (StandInSsh ssh = new(path: "/nowhere"))
        {
            LvsConnectionException failed = await FailsAsync(LvsHostError.ProgramMissing, ssh, Target with { Sudo = true });
            Assert.Contains("'sudo' is not on far", failed.Message, StringComparison.Ordinal);
        }

        await using SshHost host = new(Target, options: new SshOptions { Program = "no-such-ssh" });
        LvsConnectionException missing = await Assert.ThrowsAsync<LvsConnectionException>(async () => await host.OpenAsync(Stop));
        Assert.Equal(LvsHostError.ProgramMissing, missing.Error);
        Assert.Contains("'no-such-ssh' is not on this machine", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LvsHostError.BadReply, "echo 'This account is currently not available.'; exit 1")]
    [InlineData(LvsHostError.BadReply, "exit 0")]
    [InlineData(LvsHostError.BadReply, "head -c 200000 /dev/urandom; sleep 9")]
    [InlineData(LvsHostError.BadReply, "head -c 200000 /dev/zero >&2; sleep 9")]
    [InlineData(LvsHostError.BadReply, "read x; read n; printf '\\n%s\\n' $n >&2; printf '\\n%s hello 2 Linux 9.9 0 perl\\n' $n; sleep 9")]
    [InlineData(LvsHostError.BadReply, "read x; read n; printf '\\n%s\\n' $n >&2; printf '\\n%s hello\\n' $n; sleep 9")]
    [InlineData(LvsHostError.BadReply, "read x; read n; printf '\\n%s nonsense\\n' $n; sleep 9")]
    [InlineData(LvsHostError.BadReply, "read x; read n; printf '\\n%s hello 1 Linux ' $n; head -c 2000 /dev/zero | tr '\\0' 9; sleep 9")]
    [InlineData(LvsHostError.NotSupported, "read x; read n; printf '\\n%s\\n' $n >&2; printf '\\n%s hello 1 none none 0 perl\\n' $n; sleep 9")]
    [InlineData(LvsHostError.ConnectionTimeout, "exec sleep 9")]
    [InlineData(LvsHostError.ConnectionTimeout, "echo noise; cat >/dev/null")]
    public async Task What_is_no_beginning_of_ours_is_one_typed_error(LvsHostError error, string before)
    {
        using StandInSsh ssh = new(before: before);
        Stopwatch time = Stopwatch.StartNew();
        await FailsAsync(error, ssh, Target with { ConnectingTimeout = TimeSpan.FromSeconds(error == LvsHostError.ConnectionTimeout ? 1 : 20) });
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(8), $"{time.Elapsed}");
        await SshRelayTests.Gone(ssh.Processes[0]);
    }

    [Fact]
    public async Task What_start_up_files_print_is_passed_over()
    {
        using StandInSsh ssh = new(before: "echo Welcome; head -c 60000 /dev/urandom; echo warning >&2; head -c 60000 /dev/urandom >&2; echo");
        await using SshHost host = ssh.Host(target: Target);
        Assert.Equal(new ProgramResult(0, "out", "err"), await host.RunAsync(new ProgramInvocation("sh", "-c", "printf out; printf err >&2"), Stop));
        Assert.Equal((await System.IO.File.ReadAllTextAsync("/proc/sys/kernel/osrelease", Stop)).Trim(), host.KernelRelease);
    }

    [Fact]
    public async Task A_host_that_dies_in_the_middle_is_said_to_all_who_wait_and_the_next_call_connects_again()
    {
        using StandInSsh ssh = new();
        await using SshHost host = ssh.Host(target: Target);
        await host.OpenAsync(Stop);
        Task<ProgramResult> dying = host.RunAsync(new ProgramInvocation("sh", "-c", $"printf half; sleep 0.2; echo 'Connection to rs1 closed by remote host.' >&2; kill -9 {ssh.Processes[0]}"), Stop).AsTask();
        Task<string?> behind = host.ReadFileAsync(File, Stop).AsTask();
        LvsConnectionException lost = await Assert.ThrowsAsync<LvsConnectionException>(() => dying);
        Assert.Equal(LvsHostError.ConnectionLost, lost.Error);
        Assert.Contains("run 'sh -c", lost.Message, StringComparison.Ordinal);
        Assert.Contains("closed by remote host", lost.Message, StringComparison.Ordinal);
        lost = await Assert.ThrowsAsync<LvsConnectionException>(() => behind);
        Assert.Contains($"read {File}", lost.Message, StringComparison.Ordinal);
        Assert.False(host.IsOpen);
        Assert.Null(host.KernelRelease);
        Assert.NotNull(await host.ReadFileAsync(File, Stop));
        Assert.True(host.IsOpen);
        Assert.Equal(2, ssh.Processes.Length);
    }

    [Fact]
    public async Task A_reply_without_end_is_a_bad_one_and_ends_the_connection()
    {
        using StandInSsh ssh = new();
        await using SshHost host = ssh.Host(options => options with { ReplyLength = 1_000_000 });
        LvsConnectionException bad = await Assert.ThrowsAsync<LvsConnectionException>(async () => await host.RunAsync(new ProgramInvocation("head", "-c", "200000000", "/dev/zero"), Stop));
        Assert.Equal(LvsHostError.BadReply, bad.Error);
        Assert.Contains("1000000 bytes", bad.Message, StringComparison.Ordinal);
        bad = await Assert.ThrowsAsync<LvsConnectionException>(async () => await host.RunAsync(new ProgramInvocation("sh", "-c", "head -c 20000000 /dev/zero >&2"), Stop));
        Assert.Equal(LvsHostError.BadReply, bad.Error);
        Assert.Equal(1_000_000, (await host.RunAsync(new ProgramInvocation("head", "-c", "1000000", "/dev/zero"), Stop)).Output.Length);
        LvsHostException line = await Assert.ThrowsAsync<LvsHostException>(async () => await host.ReadLinesAsync("/dev/zero", Stop).ToListAsync(Stop));
        Assert.Equal(LvsHostError.BadReply, line.Error);
        // What nobody wants any more has no end either: it is given up.
        Assert.NotNull(await ReadAgainAsync(host));
    }

    [Fact]
    public async Task Who_stops_reading_lines_early_keeps_nobody_from_anything()
    {
        using StandInSsh ssh = new();
        await using SshHost host = ssh.Host();
        string directory = Directory.CreateTempSubdirectory("lvs-test-").FullName;
        try
        {
            string path = Path.Combine(directory, "long");
            await System.IO.File.WriteAllLinesAsync(path, Enumerable.Range(0, 300_000).Select(i => $"line {i}"), Stop);
            Assert.Equal(["line 0", "line 1"], await host.ReadLinesAsync(path, Stop).Take(2).ToListAsync(Stop));
            Assert.NotNull(await host.ReadFileAsync(File, Stop));

            // Whoever asks in between is answered, too: what comes before is kept meanwhile.
            int count = 0;
            await foreach (string line in host.ReadLinesAsync(path, Stop))
            {
                if (count++ == 100)
                {
                    Assert.NotNull(await host.ReadFileAsync(File, Stop));
                }
            }

            Assert.Equal(300_000, count);
            Assert.Single(ssh.Processes);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Nothing_is_left_behind_whichever_way_it_ends()
    {
        using StandInSsh ssh = new();
        // Closed in peace.
        SshHost host = ssh.Host();
        await host.OpenAsync(Stop);
        await host.DisposeAsync();
        await SshRelayTests.Gone(ssh.Processes[0]);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await host.OpenAsync(Stop));

        // Closed while something is under way.
        host = ssh.Host();
        Task<ProgramResult> running = host.RunAsync(new ProgramInvocation("sleep", "30"), Stop).AsTask();
        while (!host.IsOpen)
        {
            await Task.Delay(10, Stop);
        }

        Stopwatch time = Stopwatch.StartNew();
        await host.DisposeAsync();
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(1), $"{time.Elapsed}");
        await Assert.ThrowsAsync<LvsConnectionException>(() => running);
        await SshRelayTests.Gone(ssh.Processes[1]);

        // Given up while a program runs.
        host = ssh.Host();
        await host.OpenAsync(Stop);
        using (CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            running = host.RunAsync(new ProgramInvocation("sleep", "30"), source.Token).AsTask();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            await SshRelayTests.Gone(ssh.Processes[2]);
        }

        await host.DisposeAsync();
        // Given up while connecting.
        using StandInSsh silent = new(before: "exec sleep 30");
        await using SshHost other = silent.Host();
        using (CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            Task opening = other.OpenAsync(source.Token).AsTask();
            while (silent.Processes.Length == 0)
            {
                await Task.Delay(10, Stop);
            }

            time.Restart();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
            await SshRelayTests.Gone(silent.Processes[0]);
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(1), $"{time.Elapsed}");
        }
    }

    [Fact]
    public void Words_are_quoted_short_and_without_what_a_terminal_obeys()
    {
        string quoted = SshFailure.Quote("one\r\n\u001b[2Jtwo\u0007\u202e\n@@@@@\n\n" + string.Join('\n', Enumerable.Repeat("x", 5)) + "\nlast" + new string('y', 1000));
        Assert.DoesNotContain('\u001b', quoted);
        Assert.True(quoted.Length < 700, $"{quoted.Length}");
        Assert.Equal("?[2Jtwo?? | end", SshFailure.Quote("\u001b[2Jtwo\u0007\u202e\n@@@@@\nend"));
    }

    [Fact]
    public async Task The_command_line_says_what_was_asked_and_nothing_more()
    {
        using StandInSsh ssh = new();
        SshTarget target = SshTarget.Parse("admin@[2001:db8::1]:2222") with
        {
            KeyFilePath = "/keys/a b%h",
            Options = new Dictionary<string, string> { ["Compression"] = "yes", ["serveraliveinterval"] = "5" },
        };
        await using SshHost host = ssh.Host(target: target);
        await host.OpenAsync(Stop);
        string[] arguments = ssh.Arguments;
        Assert.Equal(["--", "2001:db8::1", $"exec {ShellServer.Command}"], arguments[^3..]);
        Assert.Contains("BatchMode=yes", arguments);
        Assert.Contains("IdentityFile=\"/keys/a b%%h\"", arguments);
        Assert.Equal("2222", arguments[Array.IndexOf(arguments, "-p") + 1]);
        Assert.Equal("admin", arguments[Array.IndexOf(arguments, "-l") + 1]);
        Assert.True(Array.IndexOf(arguments, "BatchMode=yes") < Array.IndexOf(arguments, "Compression=yes"));
        Assert.True(Array.IndexOf(arguments, "serveraliveinterval=5") < Array.IndexOf(arguments, "ServerAliveInterval=15"));
        Assert.Contains("ConnectTimeout=15", arguments);
    }

    private static async Task<string?> ReadAgainAsync(SshHost host)
    {
        try
        {
            return await host.ReadFileAsync(File, Stop);
        }
        catch (LvsConnectionException)
        {
            return await host.ReadFileAsync(File, Stop);
        }
    }

    private static async Task<LvsConnectionException> FailsAsync(LvsHostError error, StandInSsh ssh, SshTarget? target = null)
    {
        await using SshHost host = ssh.Host(target: target ?? Target);
        LvsConnectionException failed = await Assert.ThrowsAsync<LvsConnectionException>(async () => await host.ReadFileAsync(File, Stop));
        Assert.True(error == failed.Error, $"{failed.Error}: {failed.Message}");
        return failed;
    }
}
