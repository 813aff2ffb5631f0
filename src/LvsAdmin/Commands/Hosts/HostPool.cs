using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>The hosts that one command works on, each opened once. Safe for concurrent use, except that one host's IPVS takes one call at a time.</summary>
internal sealed class HostPool : IAsyncDisposable
{
    // Closed beside the work on other hosts, but not more of them than a command works on.
    private const int LargestClosingCount = 24;

    // Connections that wait for more work cost memory on both sides; in a pipeline over thousands of hosts most get none.
    private const int LargestIdleCount = 128;

    private readonly Dictionary<HostReference, Entry> _hosts = [];
    private readonly LinkedList<HostReference> _idle = [];
    private readonly List<Task> _closing = [];

    /// <summary>A host.</summary>
    internal ILvsHost Get(HostReference reference) => Find(reference).Host;

    /// <summary>The connection to a host's IPVS.</summary>
    internal async ValueTask<IpvsClient> ConnectAsync(HostReference reference, CancellationToken cancellationToken)
    {
        Entry entry = Find(reference);
        return entry.Client ??= await IpvsClient.ConnectAsync(
            await entry.Host.OpenNetlinkAsync(cancellationToken), entry.Host.Name, entry.Host.NetworkNamespace, cancellationToken);
    }

    /// <summary>Says that a host has no work at present. What is closed for that reason, the pool's own end waits for.</summary>
    /// <param name="reference">The host.</param>
    /// <param name="isLast">Whether none is to be expected either: then it is closed at once.</param>
    /// <returns>Done at once, unless many are closing already.</returns>
    internal Task RestAsync(HostReference reference, bool isLast)
    {
        lock (_hosts)
        {
            if (!_hosts.ContainsKey(reference))
            {
                return Task.CompletedTask;
            }

            _idle.Remove(reference);
            _idle.AddLast(reference);
            if (isLast || _idle.Count > LargestIdleCount)
            {
                HostReference leaving = isLast ? reference : _idle.First!.Value;
                _idle.Remove(leaving);
                if (_hosts.Remove(leaving, out Entry? entry))
                {
                    _closing.RemoveAll(task => task.IsCompletedSuccessfully);
                    _closing.Add(entry.DisposeAsync().AsTask());
                    return _closing.Count > LargestClosingCount ? Task.WhenAny(_closing[..^LargestClosingCount]) : Task.CompletedTask;
                }
            }

            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task[] closing;
        lock (_hosts)
        {
            closing = [.. _closing, .. _hosts.Values.Select(entry => entry.DisposeAsync().AsTask())];
            _closing.Clear();
            _hosts.Clear();
            _idle.Clear();
        }

        await Task.WhenAll(closing);
    }

    private Entry Find(HostReference reference)
    {
        lock (_hosts)
        {
            _idle.Remove(reference);
            if (!_hosts.TryGetValue(reference, out Entry? entry))
            {
                entry = Entry.Open(reference);
                _hosts.Add(reference, entry);
            }

            return entry;
        }
    }

    private sealed class Entry(ILvsHost host, IAsyncDisposable? owned) : IAsyncDisposable
    {
        internal ILvsHost Host => host;

        internal IpvsClient? Client { get; set; }

        internal static Entry Open(HostReference reference)
        {
            switch (reference)
            {
                case HostReference.Local { NetworkNamespace: var networkNamespace }:
                    LocalHost local = new(networkNamespace);
                    return new Entry(local, local);
                case HostReference.Ssh ssh:
                    SshConnections.Share share = SshConnections.Get(ssh);
                    return new Entry(share.Host, share);
                case HostReference.Session session:
                    return new Entry(session.Host, owned: null);
                default:
                    throw new LvsHostException(
                        LvsHostError.NotSupported, $"{reference} is known by a PowerShell session, in which only this command as a whole can be run. Name it by -HostName or -LvsSession.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (Client is not null)
            {
                await Client.DisposeAsync();
            }

            if (owned is not null)
            {
                await owned.DisposeAsync();
            }
        }
    }
}
