using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts.Ssh;

/// <summary>A host over SSH does what this machine does by itself, whatever shell it has.</summary>
[Trait("Level", "Bytes")]
[SupportedOSPlatform("linux")]
public sealed class SshHostTests : IDisposable
{
    // What shells, printf, protocols and terminals could stumble over.
    private static readonly string[] Texts =
    [
        "", "plain", "two\nlines\n", "\n", "\n\n\n", "no end", "trailing blanks  \t", " leading", "-n", "-e x", "--", "'", "\"", "it's \"quoted\"", "$(touch CANARY)", "`touch CANARY`",
        "; touch CANARY;", "| touch CANARY", "& touch CANARY", "\n touch CANARY\n", "${IFS}", "$x", "\\", "\\n\\t\\0101\\c", "%s%d%%", "*", "?", "[a-z]*", "~", "#no comment",
        "é ü 漢字 🙂", "a\rb\r\nc", "\u0001\u001b[31m\u007f\u0085", "tab\tand\vvertical\fform", "!!", "a=b", "x\\",
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("lvs-test-").FullName;

    public static TheoryData<string> Shells => ["dash", "busybox sh", "bash --posix", "bash"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Texts_and_names_of_every_kind_arrive_as_they_are_and_are_never_run(string shell)
    {
        using StandInSsh ssh = new(shell);
        await using SshHost host = ssh.Host();
        await using LocalHost here = new();
        string canary = Path.Combine(_directory, "canary");
        foreach (string text in Texts.Select(text => text.Replace("CANARY", canary, StringComparison.Ordinal)))
        {
            string path = $"{_directory}/file {text.Replace('/', '_')}.";
            await host.WriteFileAsync(path, text, Stop);
            Assert.Equal(text, await File.ReadAllTextAsync(path, Stop));
            Assert.Equal(text, await host.ReadFileAsync(path, Stop));
            Assert.Equal(await here.ReadLinesAsync(path, Stop).ToListAsync(Stop), text.Contains('\r', StringComparison.Ordinal) ? ["a", "b", "c"] : await host.ReadLinesAsync(path, Stop).ToListAsync(Stop));

            ProgramInvocation program = new("printf", ["%s|", text, text], text);
            Assert.Equal(await here.RunAsync(program, Stop), await host.RunAsync(program, Stop));
            program = new("sh", ["-c", "cat; printf '%s|' \"$@\" >&2; exit 3", "sh", text, ""], text);
            Assert.Equal(await here.RunAsync(program, Stop), await host.RunAsync(program, Stop));
        }

        Assert.Equal(await here.ListDirectoryAsync(_directory, Stop), await host.ListDirectoryAsync(_directory, Stop));
        Assert.Equal(Texts.Length, Directory.GetFiles(_directory).Length);
        foreach (string file in Directory.GetFiles(_directory))
        {
            await host.RemoveFileAsync(file, Stop);
        }

        Assert.Empty(await host.ListDirectoryAsync(_directory, Stop));
        Assert.False(File.Exists(canary));
        Assert.Single(ssh.Processes);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Files_are_replaced_in_one_step_with_the_permissions_that_they_shall_have(string shell)
    {
        using StandInSsh ssh = new(shell, before: "umask 077");
        await using SshHost host = ssh.Host();
        string path = Path.Combine(_directory, "deep", "er", "file");
        await host.WriteFileAsync(path, "old", Stop);
        Assert.Equal("644", Mode(path));
        Assert.Equal("755", Mode(Path.Combine(_directory, "deep")));
        Assert.Equal("755", Mode(Path.Combine(_directory, "deep", "er")));
        using (StreamReader reader = new(path))
        {
            await host.WriteFileAsync(path, "new", UnixFileMode.UserRead | UnixFileMode.UserWrite, Stop);
            Assert.Equal("old", await reader.ReadToEndAsync(Stop));
        }

        Assert.Equal(("new", "600"), (await File.ReadAllTextAsync(path, Stop), Mode(path)));
        await host.WriteFileAsync(path, "newer", Stop);
        Assert.Equal("600", Mode(path));

        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, "deep/er/file");
        await host.WriteFileAsync(link, "through the link", Stop);
        Assert.Equal(("deep/er/file", "through the link"), (new FileInfo(link).LinkTarget, await File.ReadAllTextAsync(path, Stop)));

        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await host.WriteFileAsync(Path.Combine(_directory, "deep"), "text", Stop));
        Assert.Contains("deep cannot be written on far", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["deep", "link"], await host.ListDirectoryAsync(_directory, Stop));
        Assert.Equal(["er"], await host.ListDirectoryAsync(Path.Combine(_directory, "deep"), Stop));
        Assert.Equal(["file"], await host.ListDirectoryAsync(Path.Combine(_directory, "deep", "er"), Stop));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Files_of_the_kernel_are_read_whole_and_what_is_wrong_has_its_kind(string shell)
    {
        using StandInSsh ssh = new(shell);
        await using SshHost host = ssh.Host();
        await using LocalHost here = new();
        foreach (string path in (string[])["/proc/sys/kernel/pid_max", "/proc/sys/net/ipv4/ip_local_port_range", "/proc/version", "/no/such/file", "/etc/passwd/x"])
        {
            Assert.Equal(await here.ReadFileAsync(path, Stop), await host.ReadFileAsync(path, Stop));
        }

        Assert.Equal(await here.ListDirectoryAsync("/proc/sys/net/ipv4/conf", Stop), await host.ListDirectoryAsync("/proc/sys/net/ipv4/conf", Stop));
        Assert.Empty(await host.ListDirectoryAsync("/no/such/directory", Stop));
        Assert.Empty(await host.ListDirectoryAsync("/nothing", Stop));
        await ThrowsAsync(LvsHostError.FileMissing, async () => await host.ReadLinesAsync("/proc/net/no_such_file", Stop).ToListAsync(Stop));
        await ThrowsAsync(LvsHostError.FileMissing, async () => await host.WriteFileAsync("/proc/sys/net/no_such_file", "1", Stop));
        LvsHostException missing = await ThrowsAsync(LvsHostError.ProgramMissing, async () => await host.RunAsync(new ProgramInvocation("no-such-program", "x"), Stop));
        Assert.Contains("'no-such-program' is not on far", missing.Message, StringComparison.Ordinal);
        await ThrowsAsync(LvsHostError.ProgramMissing, async () => await host.RunAsync(new ProgramInvocation("/no/such/program"), Stop));
        if (Environment.IsPrivilegedProcess)
        {
            // A value that it cannot have, and so nothing changes.
            LvsHostException refused = await ThrowsAsync(LvsHostError.ValueRefused, async () => await host.WriteFileAsync("/proc/sys/kernel/pid_max", "no number", Stop));
            Assert.Contains("/proc/sys/kernel/pid_max on far", refused.Message, StringComparison.Ordinal);
            string domain = (await host.ReadFileAsync("/proc/sys/kernel/pid_max", Stop))!;
            await host.WriteFileAsync("/proc/sys/kernel/pid_max", domain.Trim(), Stop);
        }
    }

    [Fact]
    public async Task What_may_not_be_read_is_told_with_its_file_and_the_others_are_read()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to be another user for the host needs root");
        using StandInSsh ssh = new(before: "exec setpriv --reuid=65534 --regid=65534 --clear-groups -- sh -c \"$1\"");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv is not installed");
        // Whoever the host runs as must be able to start its shell.
        File.SetUnixFileMode(Path.GetDirectoryName(ssh.Program)!, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path.Combine(ssh.Bin, "sh"), (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        await using SshHost host = ssh.Host();
        string secret = Path.Combine(_directory, "secret");
        string open = Path.Combine(_directory, "open");
        await File.WriteAllTextAsync(secret, "s", Stop);
        await File.WriteAllTextAsync(open, "o", Stop);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        IReadOnlyList<HostFileText> files = await ((ILvsHost)host).ReadFilesAsync([open, secret, open + "?", "/proc/sys/kernel/pid_max"], Stop);
        Assert.Equal(["o", null, null, await File.ReadAllTextAsync("/proc/sys/kernel/pid_max", Stop)], files.Select(file => file.Content));
        Assert.Equal([null, LvsHostError.AccessDenied, null, null], files.Select(file => file.Failure?.Error));
        LvsHostException denied = Assert.Throws<LvsHostException>(() => files[1].Text);
        Assert.Contains("sudo", denied.Message, StringComparison.Ordinal);
        await ThrowsAsync(LvsHostError.AccessDenied, async () => await host.WriteFileAsync("/proc/sys/kernel/pid_max", "4000", Stop));
        await ThrowsAsync(LvsHostError.AccessDenied, async () => await host.WriteFileAsync(Path.Combine(_directory, "new"), "x", Stop));
        await ThrowsAsync(LvsHostError.AccessDenied, async () => await host.RemoveFileAsync(secret, Stop));
        await ThrowsAsync(LvsHostError.AccessDenied, async () => await host.ListDirectoryAsync("/root", Stop));
        Assert.Equal(["open", "secret"], await host.ListDirectoryAsync(_directory, Stop));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Many_files_come_together_in_order(string shell)
    {
        using StandInSsh ssh = new(shell);
        await using SshHost host = ssh.Host();
        await using LocalHost here = new();
        List<string> paths = ["/proc/sys/kernel/pid_max", "/no/such", "/etc/hostname", _directory + "/empty", "/proc/sys/kernel/ostype", _directory, _directory + "/nothing"];
        await File.WriteAllTextAsync(_directory + "/empty", "", Stop);
        for (int i = 0; i < 450; i++)
        {
            string path = $"{_directory}/f {i}";
            await File.WriteAllTextAsync(path, i % 3 == 0 ? $"{i}" : $"{i}\n\n", Stop);
            paths.Add(path);
        }

        IReadOnlyList<HostFileText> files = await ((ILvsHost)host).ReadFilesAsync(paths, Stop);
        IReadOnlyList<HostFileText> expected = await ((ILvsHost)here).ReadFilesAsync(paths, Stop);
        Assert.Equal(paths, files.Select(file => file.Path));
        Assert.Equal(expected.Select(file => file.Content), files.Select(file => file.Content));
        Assert.Equal(_directory, Assert.Single(files, file => file.Failure is not null).Path);

        // What separates the files is one of them.
        string boot = await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", Stop);
        files = await ((ILvsHost)host).ReadFilesAsync([paths[0], "/proc/sys/kernel/random/boot_id", paths[2]], Stop);
        Assert.Equal([expected[0].Content, boot, expected[2].Content], files.Select(file => file.Content));
        Assert.Empty(await ((ILvsHost)host).ReadFilesAsync([], Stop));
    }

    [Fact]
    public async Task A_policy_of_ARP_costs_one_process_there()
    {
        using StandInSsh ssh = new();
        string log = Path.Combine(_directory, "log");
        ssh.Install("cat", $"echo \"$#\" >>{log}; exec /usr/bin/env -i /bin/cat \"$@\"");
        await using SshHost host = ssh.Host();
        await using LocalHost here = new();
        IReadOnlyList<LvsArpPolicy> policies = await ArpPolicies.GetAsync(host, null, Stop);
        Assert.Equal((await ArpPolicies.GetAsync(here, null, Stop)).Select(policy => policy with { HostName = "far" }), policies);
        // One for all files, and one for each that cannot be read with others, such as a link to /dev/null.
        Assert.InRange((await File.ReadAllLinesAsync(log, Stop)).Length, 1, 2);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Binary_and_long_output_comes_whole_on_both_pipes(string shell)
    {
        using StandInSsh ssh = new(shell);
        await using SshHost host = ssh.Host();
        await using LocalHost here = new();
        ProgramInvocation long1 = new("sh", ["-c", "head -c 300000 /dev/zero >&2; yes 'some text é' | head -c 3000000; head -c 100 /dev/zero"], new string('x', 200_000));
        Assert.Equal(await here.RunAsync(long1, Stop), await host.RunAsync(long1, Stop));
        string text = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"line {i} é\n"));
        await host.WriteFileAsync(_directory + "/long", text, Stop);
        Assert.Equal(text, await host.ReadFileAsync(_directory + "/long", Stop));
        Assert.Equal(text.TrimEnd('\n').Split('\n'), await host.ReadLinesAsync(_directory + "/long", Stop).ToListAsync(Stop));
    }

    [Fact]
    public async Task Requests_of_many_at_once_are_each_answered_with_their_own()
    {
        using StandInSsh ssh = new();
        await using SshHost host = ssh.Host();
        for (int i = 0; i < 50; i++)
        {
            await File.WriteAllTextAsync($"{_directory}/{i}", $"{i}", Stop);
        }

        string?[] texts = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => (i % 4) switch
        {
            0 => (await host.RunAsync(new ProgramInvocation("sh", "-c", $"printf {i % 50}; printf e{i % 50} >&2"), Stop)) is { } result && result.Error == $"e{i % 50}" ? result.Output : "wrong",
            1 => string.Concat(await host.ReadLinesAsync($"{_directory}/{i % 50}", Stop).ToListAsync(Stop)),
            _ => await host.ReadFileAsync($"{_directory}/{i % 50}", Stop),
        }));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i % 50}"), texts);
        Assert.Single(ssh.Processes);
    }

    [Fact]
    public async Task A_text_with_a_NUL_is_refused_before_anything_is_sent()
    {
        using StandInSsh ssh = new();
        await using SshHost host = ssh.Host();
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.WriteFileAsync(_directory + "/x", "a\0b", Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.ReadFileAsync("/etc/pass\0wd", Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.RunAsync(new ProgramInvocation("printf", "a\0b"), Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.ReadFileAsync("relative", Stop));
        Assert.Empty(ssh.Processes);
    }

    [Fact]
    public async Task Programs_speak_plain_English_find_the_system_directories_and_have_no_input()
    {
        using StandInSsh ssh = new(before: "LANG=de_DE.UTF-8; LANGUAGE=de; LC_MESSAGES=de_DE.UTF-8; export LANG LANGUAGE LC_MESSAGES");
        await using SshHost host = ssh.Host();
        ProgramResult result = await host.RunAsync(new ProgramInvocation("sh", "-c", "printf '%s %s %s ' \"$LC_ALL\" \"$LANGUAGE\" \"$PATH\"; wc -c; umask"), Stop);
        Assert.StartsWith("C  ", result.Output, StringComparison.Ordinal);
        Assert.Contains("/usr/local/sbin:/usr/sbin:/sbin 0\n0022\n", result.Output, StringComparison.Ordinal);
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static async Task<LvsHostException> ThrowsAsync(LvsHostError error, Func<Task> action)
    {
        LvsHostException exception = await Assert.ThrowsAsync<LvsHostException>(action);
        Assert.Equal(error, exception.Error);
        return exception;
    }
}
