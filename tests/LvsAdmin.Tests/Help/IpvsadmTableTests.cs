using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;

namespace LvsAdmin.Tests.Help;

/// <summary>Each line of the README's table for users of ipvsadm: what the cmdlet leaves is what ipvsadm leaves, as ipvsadm reads it.</summary>
public sealed class IpvsadmTableTests(CmdletFixture fixture) : DirectorTest(fixture)
{
    private const string Service = "-A -t 192.0.2.10:80 -s wrr";
    private const string Server = "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1";

    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-table").FullName;

    [Fact]
    public void Each_line_does_the_same_on_both_sides()
    {
        Director.Run("ip", ["-batch", "-"], "link add eth0 type dummy\nlink set eth0 up\n");
        Succeed($"$ConfirmPreference = 'None'; $ExecutionContext.SessionState.Path.SetLocation('{_folder}')");
        List<string> troubles = [];
        foreach ((string[] left, string[] right) in Readme.Table)
        {
            Reset(left[0]);
            string theirs = Shell($"{{ {string.Join('\n', left)}\n}} >shown\n{Read(left[0])}");
            Reset(left[0]);
            EngineResult result = Run(string.Join('\n', right));
            troubles.AddRange(result.Errors.Select(error => $"{right[0]}: {error}"));
            string ours = Shell(Read(left[0]));
            if (theirs != ours)
            {
                troubles.Add($"{string.Join("; ", left)} leaves\n{theirs}\n{string.Join("; ", right)} leaves\n{ours}");
            }
        }

        Succeed("Clear-LvsTable; Get-LvsSyncDaemon | Stop-LvsSyncDaemon; $ConfirmPreference = 'High'");
        Directory.Delete(_folder, recursive: true);
        Assert.True(troubles.Count == 0, string.Join("\n\n", troubles));
        Assert.InRange(Readme.Table.Count, 20, 100);
    }

    // How ipvsadm reads what a line is about. Each process costs a tenth of a second in the guest: no more than that.
    private static string Read(string line) => line switch
    {
        _ when line.Contains("-daemon", StringComparison.Ordinal) => "ipvsadm -L --daemon",
        _ when line.Contains("--set", StringComparison.Ordinal) => "ipvsadm -L --timeout",
        // What was saved is what can be restored.
        _ when line.EndsWith(">rules", StringComparison.Ordinal) => "ipvsadm -C; ipvsadm -R <rules; ipvsadm -Sn",
        _ when line.StartsWith("ipvsadm -L", StringComparison.Ordinal) => ":",
        _ => "ipvsadm -Sn",
    };

    // Both sides begin with what the line needs: nothing, a service, or a service with a server.
    private void Reset(string line)
    {
        string verb = line.Split(' ')[1];
        File.WriteAllText(Path.Combine(_folder, "rules"), $"{Service}\n{Server}\n");
        Succeed($$"""
            Clear-LvsTable
            Set-LvsTimeout 800 100 200
            Get-LvsSyncDaemon | Stop-LvsSyncDaemon
            {{(verb == "-A" ? string.Empty : "New-LvsVirtualService 192.0.2.10:80 -Scheduler wrr")}}
            {{(verb is "-A" or "-a" ? string.Empty : "Add-LvsRealServer 192.0.2.10:80 192.0.2.21")}}
            {{(verb == "--stop-daemon" ? "Start-LvsSyncDaemon Master eth0 -SyncId 1" : string.Empty)}}
            """);
    }

    private string Shell(string script) => Director.Run("sh", ["-ec", $"cd {_folder}\n{script}"]);
}
