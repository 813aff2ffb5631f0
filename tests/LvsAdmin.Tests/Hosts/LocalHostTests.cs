using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts;

[Trait("Level", "Bytes")]
public sealed class LocalHostTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lvs-test-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public LocalHostTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the local host needs Linux");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_program_gets_its_arguments_and_input_and_gives_both_outputs_and_its_status()
    {
        await using LocalHost host = new();
        ProgramResult result = await host.RunAsync(
            new ProgramInvocation("sh", ["-c", "cat; printf '%s|' \"$@\" >&2; exit 3", "sh", "a b", "$(id)", ""], "input é\n"), Stop);
        Assert.Equal(new ProgramResult(3, "input é\n", "a b|$(id)||"), result);
    }

    [Fact]
    public async Task Programs_speak_plain_English_and_find_the_system_directories()
    {
        await using LocalHost host = new();
        ProgramResult result = await host.RunAsync(new ProgramInvocation("sh", "-c", "printf '%s %s' \"$LC_ALL\" \"$PATH\""), Stop);
        string[] words = result.Output.Split(' ', 2);
        Assert.Equal("C", words[0]);
        Assert.Superset(new HashSet<string> { "/usr/local/sbin", "/usr/sbin", "/sbin" }, words[1].Split(':').ToHashSet());
    }

    [Fact]
    public async Task Much_output_on_both_pipes_and_unread_input_do_not_block()
    {
        await using LocalHost host = new();
        ProgramResult result = await host.RunAsync(
            new ProgramInvocation("sh", ["-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"], new string('x', 1_000_000)), Stop);
        Assert.Equal((0, 300_000, 300_000), (result.ExitCode, result.Output.Length, result.Error.Length));
    }

    [Fact]
    public async Task A_program_without_input_reads_the_end_at_once()
    {
        await using LocalHost host = new();
        Assert.Equal("0\n", (await host.RunAsync(new ProgramInvocation("sh", "-c", "wc -c"), Stop)).Output.TrimStart());
    }

    [Fact]
    public async Task A_missing_program_names_its_package()
    {
        await using LocalHost host = new();
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await host.RunAsync(new ProgramInvocation("no-such-program-here"), Stop));
        Assert.Equal(LvsHostError.ProgramMissing, refused.Error);
        Assert.Contains("no-such-program-here", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_kills_the_program_and_its_children()
    {
        await using LocalHost host = new();
        string file = Path.Combine(_directory, "pids");
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task<ProgramResult> running = host.RunAsync(
            new ProgramInvocation("sh", "-c", $"sleep 300 & echo $! >{file}.new; mv {file}.new {file}; wait"), source.Token).AsTask();
        while (!File.Exists(file))
        {
            await Task.Delay(20, Stop);
        }

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        string child = $"/proc/{(await File.ReadAllTextAsync(file, Stop)).Trim()}/stat";
        for (int i = 0; i < 250 && File.Exists(child) && !File.ReadAllText(child).Contains(") Z ", StringComparison.Ordinal); i++)
        {
            await Task.Delay(20, Stop);
        }

        Assert.True(!File.Exists(child) || File.ReadAllText(child).Contains(") Z ", StringComparison.Ordinal), "the child still runs");
    }

    [Fact]
    public async Task Files_are_written_whole_read_listed_and_removed()
    {
        await using LocalHost host = new();
        string path = Path.Combine(_directory, "deep", "file");
        Assert.Null(await host.ReadFileAsync(path, Stop));
        Assert.Empty(await host.ListDirectoryAsync(Path.Combine(_directory, "deep"), Stop));
        await host.WriteFileAsync(path, "a longer first text", Stop);
        await host.WriteFileAsync(path, "two\nlines\n", Stop);
        Assert.Equal("two\nlines\n", await host.ReadFileAsync(path, Stop));
        Assert.Equal(["two", "lines"], await host.ReadLinesAsync(path, Stop).ToListAsync(Stop));
        Assert.Equal(["file"], await host.ListDirectoryAsync(Path.Combine(_directory, "deep"), Stop));
        await host.RemoveFileAsync(path, Stop);
        await host.RemoveFileAsync(path, Stop);
        Assert.Null(await host.ReadFileAsync(path, Stop));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_file_is_replaced_in_one_step_and_keeps_its_permissions_unless_others_are_given()
    {
        const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using LocalHost host = new();
        string path = Path.Combine(_directory, "file");
        await host.WriteFileAsync(path, "old", Stop);
        Assert.Equal(Plain, File.GetUnixFileMode(path));
        // Who has the old file open reads the old text to its end: it is not changed under them.
        using StreamReader reader = new(path);
        await host.WriteFileAsync(path, "new", Secret, Stop);
        Assert.Equal("old", await reader.ReadToEndAsync(Stop));
        Assert.Equal("new", await File.ReadAllTextAsync(path, Stop));
        Assert.Equal(Secret, File.GetUnixFileMode(path));
        await host.WriteFileAsync(path, "newer", Stop);
        Assert.Equal(Secret, File.GetUnixFileMode(path));

        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, "file");
        await host.WriteFileAsync(link, "through the link", Stop);
        Assert.Equal("file", new FileInfo(link).LinkTarget);
        Assert.Equal("through the link", await File.ReadAllTextAsync(path, Stop));

        // Where the last step fails, nothing is left behind.
        string directory = Path.Combine(_directory, "directory");
        Directory.CreateDirectory(directory);
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await host.WriteFileAsync(directory, "text", Stop));
        Assert.Contains(directory, failed.Message, StringComparison.Ordinal);
        Assert.Equal(["directory", "file", "link"], await host.ListDirectoryAsync(_directory, Stop));
    }

    [Fact]
    public async Task A_missing_file_is_an_error_where_lines_are_wanted_and_nothing_is_made_in_proc()
    {
        await using LocalHost host = new();
        LvsHostException missing = await Assert.ThrowsAsync<LvsHostException>(
            async () => await host.ReadLinesAsync("/proc/net/no_such_file", Stop).ToListAsync(Stop));
        Assert.Equal(LvsHostError.FileMissing, missing.Error);
        missing = await Assert.ThrowsAsync<LvsHostException>(
            async () => await host.WriteFileAsync("/proc/sys/net/no_such_file", "1", Stop));
        Assert.Equal(LvsHostError.FileMissing, missing.Error);
    }

    [Theory]
    [InlineData("no-such-namespace-here")]
    [InlineData("")]
    [InlineData("../etc")]
    [InlineData("/no/such/path")]
    [InlineData("/etc/passwd")]
    [InlineData("4194304999")]
    public async Task A_namespace_that_is_none_is_an_error_of_its_own(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "entering a network namespace needs root");
        await using LocalHost host = new(name);
        LvsHostException missing = await Assert.ThrowsAsync<LvsHostException>(async () => await host.ReadFileAsync("/proc/net/dev", Stop));
        Assert.Equal(LvsHostError.NamespaceMissing, missing.Error);
        Assert.Contains(name, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rights_that_is_the_error_and_the_remedy_is_named()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root has every right: run the tests as another user to see it without");
        await using LocalHost host = new();
        LvsHostException denied = await Assert.ThrowsAsync<LvsHostException>(
            async () => await host.WriteFileAsync("/proc/sys/net/ipv4/conf/all/arp_ignore", "1", Stop));
        Assert.Equal(LvsHostError.AccessDenied, denied.Error);
        Assert.Contains("root", denied.Message, StringComparison.Ordinal);

        await using LocalHost elsewhere = new("1");
        denied = await Assert.ThrowsAsync<LvsHostException>(async () => await elsewhere.ReadFileAsync("/proc/net/dev", Stop));
        Assert.Equal(LvsHostError.AccessDenied, denied.Error);
        Assert.Contains("root", denied.Message, StringComparison.Ordinal);

        IReadOnlyList<HostChange> plan = await host.PlanEnableAsync(LvsAddress.Parse("2001:db8::10"), LvsForwardingMethod.DirectRouting);
        denied = await Assert.ThrowsAsync<LvsHostException>(async () => await HostPlan.ApplyAsync(plan, Stop));
        Assert.Equal(LvsHostError.AccessDenied, denied.Error);
    }

    [Fact]
    public async Task A_disposed_host_says_so()
    {
        LocalHost host = new();
        await host.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await host.ReadFileAsync("/proc/net/dev", Stop));
    }
}
