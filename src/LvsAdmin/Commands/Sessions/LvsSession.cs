using System.Collections.Concurrent;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Simulated;
using LvsAdmin.Core.Hosts.Ssh;

namespace LvsAdmin.Commands;

/// <summary>
/// A connection to a host that lives across commands, or a simulated host. A connection that is lost is made again by the next command that uses it; what was done on a
/// simulated host is gone when its session is closed.
/// </summary>
public sealed class LvsSession
{
    private static readonly ConcurrentDictionary<int, LvsSession> Open = [];
    private static int _lastId;

    private readonly ILvsHost _host;
    private readonly SshTarget? _target;

    private LvsSession(ILvsHost host, SshTarget? target, string? name)
    {
        _host = host;
        _target = target;
        HostName = host.Name;
        HostOrigins.Register(HostName, new HostReference.Session(this));
        Id = Interlocked.Increment(ref _lastId);
        Name = name ?? $"LvsSession{Id}";
    }

    /// <summary>The session's number in this process.</summary>
    public int Id { get; }

    /// <summary>The session's name.</summary>
    public string Name { get; }

    /// <summary>The host as outputs name it.</summary>
    public string HostName { get; }

    /// <summary>The user of the login; null where ssh's configuration has it.</summary>
    public string? UserName => _target?.UserName;

    /// <summary>The port of the SSH server; null where ssh's configuration has it.</summary>
    public int? HostPort => _target?.Port;

    /// <summary>Whether the work is done as root by sudo.</summary>
    public bool Sudo => _target?.Sudo == true;

    /// <summary>Whether the host is one in memory (New-LvsSession -Simulated).</summary>
    public bool Simulated => _host is SimulatedHost;

    /// <summary>The release of the host's kernel.</summary>
    public string? KernelRelease => _host is SshHost ssh ? ssh.KernelRelease : SimulatedHost.KernelRelease;

    /// <summary>Opened; Broken, when the connection was lost; Closed by Remove-LvsSession.</summary>
    public LvsSessionState State => !Open.ContainsKey(Id) ? LvsSessionState.Closed : _host is SshHost { IsOpen: false } ? LvsSessionState.Broken : LvsSessionState.Opened;

    /// <summary>The sessions of this process.</summary>
    internal static IEnumerable<LvsSession> All => Open.Values.OrderBy(session => session.Id);

    /// <summary>The session's host.</summary>
    /// <exception cref="LvsConnectionException">The session was closed.</exception>
    internal ILvsHost Host => Open.ContainsKey(Id)
        ? _host
        : throw new LvsConnectionException(LvsHostError.ConnectionLost, $"The session {Name} to {HostName} was closed by Remove-LvsSession: open another one by New-LvsSession.");

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Opens a session.</summary>
    /// <param name="target">How the host is reached.</param>
    /// <param name="hostName">As the user named it.</param>
    /// <param name="name">The session's name; null for one by its number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LvsHostException">The host cannot be reached.</exception>
    internal static async ValueTask<LvsSession> OpenAsync(SshTarget target, string hostName, string? name, CancellationToken cancellationToken)
    {
        SshHost host = new(target, HostOrigins.Own(hostName));
        try
        {
            await host.OpenAsync(cancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return Keep(new LvsSession(host, target, name));
    }

    /// <summary>Makes a simulated host and a session to it. Nothing is connected to.</summary>
    /// <param name="hostName">The name that its outputs shall carry.</param>
    /// <param name="name">The session's name; null for one by its number.</param>
    internal static LvsSession Simulate(string hostName, string? name) => Keep(new LvsSession(new SimulatedHost(HostOrigins.Own(hostName)), null, name));

    private static LvsSession Keep(LvsSession session)
    {
        Open[session.Id] = session;
        return session;
    }

    /// <summary>Closes the session; to close it again does nothing.</summary>
    internal async ValueTask CloseAsync()
    {
        if (Open.TryRemove(Id, out _))
        {
            await _host.DisposeAsync();
        }
    }
}
