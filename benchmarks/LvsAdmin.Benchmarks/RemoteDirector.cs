using System.Diagnostics;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Benchmarks;

/// <summary>A director in a fresh network namespace, as <see cref="Director"/>, that is reached over SSH: a link to it, an SSH server in it, and a key.</summary>
internal sealed class RemoteDirector : IAsyncDisposable
{
    private const string Address = "192.0.2.2";

    private static readonly string Folder = Directory.CreateTempSubdirectory("lvs-bench-").FullName;

    private readonly Director _director;
    private readonly Process _server;
    private readonly SshHost _host;

    private RemoteDirector(Director director, Process server)
    {
        _director = director;
        _server = server;
        _host = new SshHost(new SshTarget(Address)
        {
            UserName = "root",
            KeyFilePath = Path.Combine(Folder, "user"),
            Options = new Dictionary<string, string> { ["UserKnownHostsFile"] = Path.Combine(Folder, "known_hosts") },
        });
    }

    internal static async Task<RemoteDirector> CreateAsync()
    {
        Director director = await Director.CreateAsync();
        await using LocalHost machine = new();
        await KeysAsync(machine);
        await CheckAsync(machine, "ip", "link", "add", "lvs-bench", "type", "veth", "peer", "name", "eth0", "netns", director.Name);
        await CheckAsync(machine, "ip", "address", "add", "192.0.2.1/24", "dev", "lvs-bench");
        await CheckAsync(machine, "ip", "link", "set", "lvs-bench", "up");
        await director.RunAsync("ip", ["address", "add", $"{Address}/24", "dev", "eth0"]);
        await director.RunAsync("ip", ["link", "set", "eth0", "up"]);

        // What this machine's user does at each login is not what is measured.
        Process server = Process.Start(
            "ip",
            ["netns", "exec", director.Name, "unshare", "--mount", "sh", "-c", "[ ! -e ~/.bashrc ] || mount --bind /dev/null ~/.bashrc; exec /usr/sbin/sshd -D -f \"$1\"", "sh", Path.Combine(Folder, "sshd_config")]);
        RemoteDirector remote = new(director, server);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await remote._host.OpenAsync(CancellationToken.None);
                return remote;
            }
            catch (LvsConnectionException) when (attempt < 20)
            {
                // The server has not opened its port yet.
                await Task.Delay(200);
            }
        }
    }

    internal async Task<IpvsClient> ConnectAsync() =>
        await IpvsClient.ConnectAsync(await _host.OpenNetlinkAsync(CancellationToken.None), _host.Name, null, CancellationToken.None);

    internal Task CheckTableAsync() => _director.CheckTableAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        await _director.DisposeAsync();
    }

    private static async Task KeysAsync(LocalHost machine)
    {
        string config = Path.Combine(Folder, "sshd_config");
        if (File.Exists(config))
        {
            return;
        }

        Directory.CreateDirectory("/run/sshd");
        foreach (string key in new[] { "host", "user" })
        {
            await CheckAsync(machine, "ssh-keygen", "-q", "-t", "ed25519", "-N", string.Empty, "-f", Path.Combine(Folder, key));
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "known_hosts"), $"{Address} {await File.ReadAllTextAsync(Path.Combine(Folder, "host.pub"))}");
        await File.WriteAllTextAsync(config, $"""
            HostKey {Folder}/host
            AuthorizedKeysFile {Folder}/user.pub
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            UsePAM no
            StrictModes no
            PidFile none

            """);
    }

    private static async Task CheckAsync(LocalHost machine, string program, params string[] arguments)
    {
        ProgramResult result = await machine.RunAsync(new ProgramInvocation(program, arguments), CancellationToken.None);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {result.ExitCode}: {result.Error}");
        }
    }
}
