using System.Collections.Concurrent;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;

namespace LvsAdmin.Commands;

/// <summary>A connection to a host that lives across commands. A connection that is lost is made again by the next command that uses it.</summary>
public sealed class LvsSession
{
    private static readonly ConcurrentDictionary<int, LvsSession> Open = [];
    private static int _lastId;

    private readonly SshHost _host;
    private readonly SshTarget _target;

    private LvsSession(SshHost host, SshTarget target, string? name)
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
    public string? UserName => _target.UserName;

    /// <summary>The port of the SSH server; null where ssh's configuration has it.</summary>
    public int? HostPort => _target.Port;

    /// <summary>Whether the work is done as root by sudo.</summary>
    public bool Sudo => _target.Sudo;

    /// <summary>The release of the host's kernel.</summary>
    public string? KernelRelease => _host.KernelRelease;

    /// <summary>Opened; Broken, when the connection was lost; Closed by Remove-LvsSession.</summary>
    public LvsSessionState State => !Open.ContainsKey(Id) ? LvsSessionState.Closed : _host.IsOpen ? LvsSessionState.Opened : LvsSessionState.Broken;

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

        LvsSession session = new(host, target, name);
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
