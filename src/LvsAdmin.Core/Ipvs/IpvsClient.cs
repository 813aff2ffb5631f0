using LvsAdmin.Core.Netlink;
using Subject = LvsAdmin.Core.Ipvs.IpvsErrors.Subject;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// The IPVS of one director, over one netlink connection: everything that the kernel's IPVS family can do (include/uapi/linux/ip_vs.h). One call
/// at a time. Every call can throw <see cref="IpvsException"/> (the kernel refused) and <see cref="NetlinkException"/> (its answer is missing or
/// makes no sense).
/// </summary>
public sealed class IpvsClient : IAsyncDisposable
{
    private const string FamilyName = "IPVS";

    // Long enough for a daemon's thread to notice that it shall end, which it looks for once a second.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly NetlinkConnection _connection;
    private readonly NetlinkRequests _requests = new();
    private readonly string _hostName;
    private readonly string? _networkNamespace;
    private GenericNetlinkFamily _family;

    private IpvsClient(NetlinkConnection connection, GenericNetlinkFamily family, string hostName, string? networkNamespace)
    {
        _connection = connection;
        _family = family;
        _hostName = hostName;
        _networkNamespace = networkNamespace;
    }

    /// <summary>Connects to the IPVS that a transport leads to; the kernel loads the module where it can.</summary>
    /// <param name="transport">The transport, which the client then owns.</param>
    /// <param name="hostName">The name of the director that what is read shall carry.</param>
    /// <param name="networkNamespace">Its network namespace that what is read shall carry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="options">The bounds of the connection.</param>
    /// <exception cref="IpvsException">The kernel has no IPVS.</exception>
    public static async ValueTask<IpvsClient> ConnectAsync(
        INetlinkTransport transport,
        string hostName,
        string? networkNamespace,
        CancellationToken cancellationToken,
        NetlinkOptions? options = null)
    {
        NetlinkConnection connection = new(transport, options);
        try
        {
            GenericNetlinkFamily family = await GenericNetlinkFamily.FindAsync(connection, FamilyName, cancellationToken).ConfigureAwait(false)
                ?? throw IpvsErrors.ModuleNotLoaded(hostName);
            return new IpvsClient(connection, family, hostName, networkNamespace);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Reads the version of IPVS and the size of its connection table.</summary>
    public async ValueTask<IpvsInfo> GetInfoAsync(CancellationToken cancellationToken)
    {
        IpvsInfo? info = null;
        Begin(IpvsCommand.GetInfo);
        await ExecuteOneAsync(IpvsCommand.GetInfo, default, payload => info = IpvsDecoder.ReadInfo(payload), cancellationToken).ConfigureAwait(false);
        return info ?? throw NoAnswer();
    }

    /// <summary>Lists all services, in the order of their identity.</summary>
    public async ValueTask<IReadOnlyList<LvsVirtualService>> GetServicesAsync(CancellationToken cancellationToken)
    {
        List<LvsVirtualService> services = [];
        Begin(IpvsCommand.GetService, dump: true);
        await DumpAsync(
            IpvsCommand.GetService, default, payload => services.Add(IpvsDecoder.ReadService(payload, _hostName, _networkNamespace)), services.Clear,
            cancellationToken).ConfigureAwait(false);
        services.Sort(static (left, right) => left.VirtualService.CompareTo(right.VirtualService));
        return WithoutRepetition(services, static service => service.VirtualService);
    }

    /// <summary>Reads one service.</summary>
    /// <returns>The service, or null when there is none of this identity.</returns>
    public async ValueTask<LvsVirtualService?> FindServiceAsync(LvsServiceId service, CancellationToken cancellationToken)
    {
        LvsVirtualService? found = null;
        _requests.Clear();
        IpvsEncoder.WriteServiceId(Append(IpvsCommand.GetService), service);
        NetlinkErrorException?[] errors = await ExchangeAsync(
            payload => found = IpvsDecoder.ReadService(payload, _hostName, _networkNamespace), cancellationToken).ConfigureAwait(false);
        return errors[0] switch
        {
            null => found ?? throw NoAnswer(),
            { Errno: LinuxErrno.NoSuchProcess } => null,
            { } error => throw IpvsErrors.Translate(IpvsCommand.GetService, error, new Subject(service)),
        };
    }

    /// <summary>Makes a service.</summary>
    public ValueTask AddServiceAsync(VirtualServiceSettings settings, CancellationToken cancellationToken) =>
        ApplyOneAsync(new IpvsChange.AddService(settings), cancellationToken);

    /// <summary>Changes a service. The kernel writes the whole record, so everything that shall stay is written again.</summary>
    /// <param name="current">The service as it was read, with what this version does not know of it.</param>
    /// <param name="desired">Its settings, all of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask SetServiceAsync(LvsVirtualService current, VirtualServiceSettings desired, CancellationToken cancellationToken) =>
        ApplyOneAsync(new IpvsChange.SetService(current, desired), cancellationToken);

    /// <summary>Removes a service with its real servers. Its connections stay in the kernel's table until they time out.</summary>
    public ValueTask RemoveServiceAsync(LvsServiceId service, CancellationToken cancellationToken) =>
        ApplyOneAsync(new IpvsChange.RemoveService(service), cancellationToken);

    /// <summary>Lists the real servers of a service, in the order of their identity.</summary>
    /// <returns>The servers; none also when there is no such service, for the kernel does not tell the difference.</returns>
    public async ValueTask<IReadOnlyList<LvsRealServer>> GetRealServersAsync(LvsServiceId service, CancellationToken cancellationToken)
    {
        List<LvsRealServer> servers = [];
        _requests.Clear();
        IpvsEncoder.WriteServiceId(Append(IpvsCommand.GetDestination, dump: true), service);
        await DumpAsync(
            IpvsCommand.GetDestination, new Subject(service),
            payload => servers.Add(IpvsDecoder.ReadServer(payload, service, _hostName, _networkNamespace)), servers.Clear,
            cancellationToken).ConfigureAwait(false);
        servers.Sort(static (left, right) => left.RealServer.CompareTo(right.RealServer));
        return WithoutRepetition(servers, static server => server.RealServer);
    }

    /// <summary>Adds real servers to a service in one batch.</summary>
    /// <returns>For each server why it was refused, or null.</returns>
    public ValueTask<IReadOnlyList<IpvsException?>> AddRealServersAsync(
        LvsServiceId service, IReadOnlyList<RealServerSettings> settings, CancellationToken cancellationToken) =>
        ApplyAsync([.. settings.Select(server => new IpvsChange.AddRealServer(service, server))], cancellationToken);

    /// <summary>Changes a real server. The kernel writes the whole record, so everything that shall stay is written again.</summary>
    /// <param name="current">The server as it was read, with what this version does not know of it.</param>
    /// <param name="desired">Its settings, all of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask SetRealServerAsync(LvsRealServer current, RealServerSettings desired, CancellationToken cancellationToken) =>
        ApplyOneAsync(new IpvsChange.SetRealServer(current, desired), cancellationToken);

    /// <summary>Removes real servers from a service in one batch.</summary>
    /// <returns>For each server why it was refused, or null.</returns>
    public ValueTask<IReadOnlyList<IpvsException?>> RemoveRealServersAsync(
        LvsServiceId service, IReadOnlyList<LvsServerId> servers, CancellationToken cancellationToken) =>
        ApplyAsync([.. servers.Select(server => new IpvsChange.RemoveRealServer(service, server))], cancellationToken);

    /// <summary>Carries out many changes in few system calls. They are carried out in order, and one that is refused does not stop the others.</summary>
    /// <returns>For each change why it was refused, or null.</returns>
    public async ValueTask<IReadOnlyList<IpvsException?>> ApplyAsync(IReadOnlyList<IpvsChange> changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        _requests.Clear();
        foreach (IpvsChange change in changes)
        {
            Write(change);
        }

        NetlinkErrorException?[] errors = await ExchangeAsync(null, cancellationToken).ConfigureAwait(false);
        IpvsException?[] refusals = new IpvsException?[errors.Length];
        for (int index = 0; index < errors.Length; index++)
        {
            if (errors[index] is { } error)
            {
                (IpvsCommand command, Subject subject) = Describe(changes[index]);
                refusals[index] = IpvsErrors.Translate(command, error, subject);
            }
        }

        return refusals;
    }

    /// <summary>Reads how long idle connections are remembered.</summary>
    public async ValueTask<LvsTimeout> GetTimeoutAsync(CancellationToken cancellationToken)
    {
        LvsTimeout? timeout = null;
        Begin(IpvsCommand.GetConfig);
        await ExecuteOneAsync(
            IpvsCommand.GetConfig, default, payload => timeout = IpvsDecoder.ReadTimeout(payload, _hostName, _networkNamespace),
            cancellationToken).ConfigureAwait(false);
        return timeout ?? throw NoAnswer();
    }

    /// <summary>Changes how long idle connections are remembered; null and 0 leave a value as it is.</summary>
    public ValueTask SetTimeoutAsync(LvsTimeout timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(timeout);
        _requests.Clear();
        AttributeWriter<IpvsAttribute> writer = Append(IpvsCommand.SetConfig);
        writer.Write(IpvsAttribute.TimeoutTcp, timeout.Tcp ?? 0);
        writer.Write(IpvsAttribute.TimeoutTcpFin, timeout.TcpFin ?? 0);
        writer.Write(IpvsAttribute.TimeoutUdp, timeout.Udp ?? 0);
        return ExecuteOneAsync(IpvsCommand.SetConfig, default, null, cancellationToken);
    }

    /// <summary>Lists the connection synchronisation daemons that run: none, one or two.</summary>
    public async ValueTask<IReadOnlyList<LvsSyncDaemon>> GetSyncDaemonsAsync(CancellationToken cancellationToken)
    {
        List<LvsSyncDaemon> daemons = [];
        Begin(IpvsCommand.GetDaemon, dump: true);
        await DumpAsync(
            IpvsCommand.GetDaemon, default, payload => daemons.Add(IpvsDecoder.ReadDaemon(payload, _hostName, _networkNamespace)), daemons.Clear,
            cancellationToken).ConfigureAwait(false);
        return daemons;
    }

    /// <summary>Starts a connection synchronisation daemon.</summary>
    public ValueTask StartSyncDaemonAsync(LvsSyncDaemon daemon, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(daemon);
        _requests.Clear();
        IpvsEncoder.WriteDaemon(Append(IpvsCommand.NewDaemon), daemon);
        return ExecuteOneAsync(IpvsCommand.NewDaemon, new Subject(Daemon: daemon), null, cancellationToken);
    }

    /// <summary>Stops a connection synchronisation daemon.</summary>
    public async ValueTask StopSyncDaemonAsync(LvsSyncRole role, CancellationToken cancellationToken)
    {
        _requests.Clear();
        IpvsEncoder.WriteDaemonRole(Append(IpvsCommand.DeleteDaemon), role);
        try
        {
            NetlinkErrorException?[] errors = await ExchangeAsync(null, cancellationToken, StopPatience).ConfigureAwait(false);
            if (errors[0] is { } error)
            {
                Subject subject = new(Daemon: new LvsSyncDaemon { Role = role, Interface = string.Empty });
                throw IpvsErrors.Translate(IpvsCommand.DeleteDaemon, error, subject);
            }
        }
        catch (NetlinkTimeoutException)
        {
            // A daemon that is stopped before its thread ever ran is gone, but kthread_stop gives EINTR then, and that is the one error that
            // netlink_rcv_skb (net/netlink/af_netlink.c) leaves without an answer. The kernel's list tells; it waits for a stop under way.
            if ((await GetSyncDaemonsAsync(cancellationToken).ConfigureAwait(false)).Any(daemon => daemon.Role == role))
            {
                throw;
            }
        }
    }

    /// <summary>Sets the counters of a service and its real servers, or of everything, to zero.</summary>
    /// <param name="service">The service; null for everything, the director's totals included.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask ZeroAsync(LvsServiceId? service, CancellationToken cancellationToken)
    {
        _requests.Clear();
        AttributeWriter<IpvsAttribute> writer = Append(IpvsCommand.Zero);
        if (service is not null)
        {
            IpvsEncoder.WriteServiceId(writer, service);
        }

        return ExecuteOneAsync(IpvsCommand.Zero, new Subject(service), null, cancellationToken);
    }

    /// <summary>Removes all services. Their connections stay in the kernel's table until they time out.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Begin(IpvsCommand.Flush);
        return ExecuteOneAsync(IpvsCommand.Flush, default, null, cancellationToken);
    }

    private static NetlinkFormatException NoAnswer() => new("The kernel acknowledged a question without an answer.");

    // A table that changes while it is listed can bring an entry twice, which IPVS does not tell (it never sets NLM_F_DUMP_INTR).
    private static List<T> WithoutRepetition<T, TKey>(List<T> sorted, Func<T, TKey> key)
        where TKey : class, IEquatable<TKey>
    {
        for (int index = sorted.Count - 1; index > 0; index--)
        {
            if (key(sorted[index]).Equals(key(sorted[index - 1])))
            {
                sorted.RemoveAt(index);
            }
        }

        return sorted;
    }

    private static (IpvsCommand Command, Subject Subject) Describe(IpvsChange change) => change switch
    {
        IpvsChange.AddService add => (IpvsCommand.NewService, new Subject(add.Settings.VirtualService, Settings: add.Settings)),
        IpvsChange.SetService set => (IpvsCommand.SetService, new Subject(set.Desired.VirtualService, Settings: set.Desired)),
        IpvsChange.RemoveService remove => (IpvsCommand.DeleteService, new Subject(remove.Service)),
        IpvsChange.AddRealServer add => (IpvsCommand.NewDestination, new Subject(add.Service, add.Settings.RealServer)),
        IpvsChange.SetRealServer set => (IpvsCommand.SetDestination, new Subject(set.Current.VirtualService, set.Desired.RealServer)),
        IpvsChange.RemoveRealServer remove => (IpvsCommand.DeleteDestination, new Subject(remove.Service, remove.Server)),
        _ => throw new ArgumentException($"{change} is no change.", nameof(change)),
    };

    private void Write(IpvsChange change)
    {
        (IpvsCommand command, Subject subject) = Describe(change);
        AttributeWriter<IpvsAttribute> writer = Append(command);
        switch (change)
        {
            case IpvsChange.AddService add:
                IpvsEncoder.WriteService(writer, add.Settings, default);
                return;
            case IpvsChange.SetService set:
                IpvsEncoder.WriteService(writer, set.Desired, set.Current.UnknownAttributes.Span);
                return;
        }

        IpvsEncoder.WriteServiceId(writer, subject.Service!);
        switch (change)
        {
            case IpvsChange.AddRealServer add:
                IpvsEncoder.WriteServer(writer, add.Settings, default);
                break;
            case IpvsChange.SetRealServer set:
                IpvsEncoder.WriteServer(writer, set.Desired, set.Current.UnknownAttributes.Span);
                break;
            case IpvsChange.RemoveRealServer remove:
                IpvsEncoder.WriteServerId(writer, remove.Server);
                break;
        }
    }

    private AttributeWriter<IpvsAttribute> Append(IpvsCommand command, bool dump = false) =>
        _requests.Begin<IpvsAttribute>(_family.Id, (byte)command, _family.Version, dump);

    private void Begin(IpvsCommand command, bool dump = false)
    {
        _requests.Clear();
        _ = Append(command, dump);
    }

    private async ValueTask ApplyOneAsync(IpvsChange change, CancellationToken cancellationToken)
    {
        if ((await ApplyAsync([change], cancellationToken).ConfigureAwait(false))[0] is { } refusal)
        {
            throw refusal;
        }
    }

    private async ValueTask ExecuteOneAsync(
        IpvsCommand command, Subject subject, NetlinkConnection.PayloadHandler? handler, CancellationToken cancellationToken)
    {
        NetlinkErrorException?[] errors = await ExchangeAsync(handler, cancellationToken).ConfigureAwait(false);
        if (errors[0] is { } error)
        {
            throw IpvsErrors.Translate(command, error, subject);
        }
    }

    private async ValueTask DumpAsync(
        IpvsCommand command, Subject subject, NetlinkConnection.PayloadHandler handler, Action restart, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await _connection.DumpAsync(_requests, handler, restart, cancellationToken).ConfigureAwait(false);
            }
            catch (NetlinkErrorException error) when (error.Errno == LinuxErrno.NoEntry)
            {
                if (!await FamilyHasMovedAsync(cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }

                await _connection.DumpAsync(_requests, handler, restart, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (NetlinkErrorException error)
        {
            throw IpvsErrors.Translate(command, error, subject);
        }
    }

    private async ValueTask<NetlinkErrorException?[]> ExchangeAsync(
        NetlinkConnection.PayloadHandler? handler, CancellationToken cancellationToken, TimeSpan? receiveTimeout = null)
    {
        NetlinkErrorException?[] errors = await _connection
            .ExecuteAsync(_requests, handler, cancellationToken, receiveTimeout).ConfigureAwait(false);
        return errors.All(error => error?.Errno == LinuxErrno.NoEntry) && errors.Length > 0
            && await FamilyHasMovedAsync(cancellationToken).ConfigureAwait(false)
            ? await _connection.ExecuteAsync(_requests, handler, cancellationToken).ConfigureAwait(false)
            : errors;
    }

    // ENOENT is also how the kernel answers to a family number that no longer is one: the module was unloaded, and perhaps loaded again.
    private async ValueTask<bool> FamilyHasMovedAsync(CancellationToken cancellationToken)
    {
        GenericNetlinkFamily family = await GenericNetlinkFamily.FindAsync(_connection, FamilyName, cancellationToken).ConfigureAwait(false)
            ?? throw IpvsErrors.ModuleNotLoaded(_hostName);
        if (family.Id == _family.Id)
        {
            return false;
        }

        _family = family;
        _requests.Redirect(family.Id);
        return true;
    }
}
