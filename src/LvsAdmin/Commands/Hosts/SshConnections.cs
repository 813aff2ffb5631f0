using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;

namespace LvsAdmin.Commands;

/// <summary>
/// The SSH connections that commands of this process use at present. The commands of one pipeline share them: what Get-LvsRealServer opened,
/// Set-LvsRealServer behind it finds open. A connection ends when nobody uses it any more.
/// </summary>
internal static class SshConnections
{
    private static readonly Dictionary<SshTarget, Shared> Open = [];

    /// <summary>A share in the connection to a host; it is opened by its first use.</summary>
    internal static Share Get(HostReference.Ssh reference)
    {
        lock (Open)
        {
            if (!Open.TryGetValue(reference.Target, out Shared? shared))
            {
                shared = new Shared(new SshHost(reference.Target, reference.Name));
                Open.Add(reference.Target, shared);
            }

            shared.Users++;
            return new Share(reference.Target, shared.Host);
        }
    }

    private static SshHost? Return(SshTarget target)
    {
        lock (Open)
        {
            Shared shared = Open[target];
            if (--shared.Users > 0)
            {
                return null;
            }

            Open.Remove(target);
            return shared.Host;
        }
    }

    /// <summary>A share in a connection.</summary>
    internal sealed class Share(SshTarget target, ILvsHost host) : IAsyncDisposable
    {
        private int _returned;

        internal ILvsHost Host => host;

        /// <summary>Gives the share back; the last one ends the connection.</summary>
        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0 && Return(target) is { } unused)
            {
                await unused.DisposeAsync();
            }
        }
    }

    private sealed class Shared(SshHost host)
    {
        internal SshHost Host => host;

        internal int Users { get; set; }
    }
}
