using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network.Persistence;

[Trait("Level", "Bytes")]
public sealed class FileChangeTests
{
    private const string Path = "/etc/sysctl.d/90-lvsadmin-test.conf";

    private FakeHost Host { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Ours(string text) => OwnedFile.Heading("Enable-LvsRealServerVip") + text;

    [Fact]
    public void A_step_reads_as_diff_shows_it()
    {
        string before = string.Concat(Enumerable.Range(1, 20).Select(number => $"line {number}\n"));
        string after = before.Replace("line 3\n", "", StringComparison.Ordinal).Replace("line 9\n", "line 9\nnine and a half\n", StringComparison.Ordinal)
            .Replace("line 20\n", "the last", StringComparison.Ordinal);
        Assert.Equal(
            """
            --- /etc/file
            +++ /etc/file
            @@ -1,12 +1,12 @@
             line 1
             line 2
            -line 3
             line 4
             line 5
             line 6
             line 7
             line 8
             line 9
            +nine and a half
             line 10
             line 11
             line 12
            @@ -17,4 +17,4 @@
             line 17
             line 18
             line 19
            -line 20
            +the last
            \ No newline at end of file
            """,
            FileChange.Write(Host, "/etc/file", before, after).ToString());
        Assert.Equal("--- /dev/null\n+++ /etc/file\n@@ -0,0 +1,2 @@\n+a\n+b", FileChange.Write(Host, "/etc/file", null, "a\nb\n").ToString());
        Assert.Equal("--- /etc/file\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a", FileChange.Remove(Host, "/etc/file", "a\n").ToString());
    }

    [Fact]
    public async Task What_is_written_is_taken_back_and_what_is_removed_comes_back_as_it_was()
    {
        UnixFileMode secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        HostChange create = (await OwnedFile.PlanAsync(Host, Path, Ours("a\n"), secret, Stop))!;
        await create.Apply(Stop);
        Assert.Equal((Ours("a\n"), secret), (Host.Files[Path], Host.Modes[Path]));
        Assert.Null(await OwnedFile.PlanAsync(Host, Path, Ours("a\n"), secret, Stop));

        HostChange change = (await OwnedFile.PlanAsync(Host, Path, Ours("b\n"), null, Stop))!;
        await change.Apply(Stop);
        Assert.Equal(Ours("b\n"), Host.Files[Path]);
        await change.Undo(Stop);
        Assert.Equal(Ours("a\n"), Host.Files[Path]);

        HostChange remove = (await OwnedFile.PlanAsync(Host, Path, null, secret, Stop))!;
        await remove.Apply(Stop);
        Assert.DoesNotContain(Path, Host.Files.Keys);
        Assert.Null(await OwnedFile.PlanAsync(Host, Path, null, secret, Stop));
        Host.Modes.Clear();
        await remove.Undo(Stop);
        Assert.Equal((Ours("a\n"), secret), (Host.Files[Path], Host.Modes[Path]));
        await create.Undo(Stop);
        Assert.Empty(Host.Files);
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_neither_overwritten_nor_removed()
    {
        Host.Files[Path] = "net.ipv4.ip_forward = 1\n";
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await OwnedFile.PlanAsync(Host, Path, Ours("a\n"), null, Stop));
        Assert.Equal(LvsHostError.FileNotOurs, refused.Error);
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
        Assert.Null(await OwnedFile.PlanAsync(Host, Path, null, null, Stop));
        Assert.Empty(Host.Log);
    }

    [Fact]
    public async Task A_directory_that_was_made_for_the_file_goes_with_it_when_it_is_empty()
    {
        const string Directory = "/etc/systemd/network/10-netplan-eth0.network.d";
        Host.Program = _ => new ProgramResult(0, "", "");
        Host.Files[$"{Directory}/lvsadmin.conf"] = "a\n";
        Host.Files[$"{Directory}/theirs.conf"] = "b\n";
        await FileChange.Remove(Host, $"{Directory}/lvsadmin.conf", "a\n").Apply(Stop);
        Assert.DoesNotContain($"rmdir {Directory}", Host.Log);
        await FileChange.Remove(Host, $"{Directory}/theirs.conf", "b\n").Apply(Stop);
        Assert.Contains($"rmdir {Directory}", Host.Log);
    }
}
