using System.Runtime.Versioning;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>What a real kernel refuses, and what we say then.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class IpvsClientErrorTests
{
    private static readonly VirtualServiceSettings Service = new() { VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:80") };
    private static readonly VirtualServiceSettings Service6 = new() { VirtualService = LvsServiceId.Parse("tcp/[2001:db8::10]:80") };
    private static readonly RealServerSettings Server = new() { RealServer = LvsServerId.Parse("192.0.2.21:80") };
    private static readonly RealServerSettings Mixed = Server with { Forwarding = LvsForwardingMethod.Tunnel };
    private static readonly LvsSyncDaemon Master = new() { Role = LvsSyncRole.Master, Interface = "dummy0" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_is_refused_for_what_is_wrong_with_it()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        await client.AddServiceAsync(Service, Stop);
        LvsVirtualService current = (await client.FindServiceAsync(Service.VirtualService, Stop))!;
        LvsVirtualService absent = new(Service6);

        await Refused(IpvsError.ServiceExists, LinuxErrno.Exists, client.AddServiceAsync(Service, Stop));
        await Refused(IpvsError.SchedulerNotFound, LinuxErrno.NoEntry, client.AddServiceAsync(Service6 with { Scheduler = "nosuch" }, Stop));
        await Refused(IpvsError.SchedulerNotFound, LinuxErrno.NoEntry, client.AddServiceAsync(Service6 with { Scheduler = "" }, Stop));
        await Refused(IpvsError.InvalidRequest, LinuxErrno.InvalidArgument, client.AddServiceAsync(Service6 with { Scheduler = new string('a', 16) }, Stop));
        await Refused(IpvsError.SchedulerNotFound, LinuxErrno.NoEntry, client.SetServiceAsync(current, Service with { Scheduler = "nosuch" }, Stop));
        await Refused(
            IpvsError.PersistenceEngineNotFound, LinuxErrno.NoEntry,
            client.AddServiceAsync(Service6 with { PersistenceEngine = "nosuch", PersistenceTimeout = 60 }, Stop));
        await Refused(
            IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
            client.AddServiceAsync(Service6 with { PersistencePrefixLength = 129, PersistenceTimeout = 60 }, Stop));
        await Refused(
            IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
            client.AddServiceAsync(Service6 with { PersistencePrefixLength = 0, PersistenceTimeout = 60 }, Stop));
        await Refused(
            IpvsError.AddressFamilyNotSupported, LinuxErrno.AddressFamilyNotSupported,
            client.AddServiceAsync(Service with { VirtualService = new LvsServiceId(7, (LvsAddressFamily)99) }, Stop));

        Assert.Null(await client.FindServiceAsync(Service6.VirtualService, Stop));
        await Refused(IpvsError.ServiceNotFound, LinuxErrno.NoSuchProcess, client.SetServiceAsync(absent, Service6, Stop));
        await Refused(IpvsError.ServiceNotFound, LinuxErrno.NoSuchProcess, client.RemoveServiceAsync(Service6.VirtualService, Stop));
        await Refused(IpvsError.ServiceNotFound, LinuxErrno.NoSuchProcess, client.ZeroAsync(Service6.VirtualService, Stop));
        Assert.Empty(await client.GetRealServersAsync(Service6.VirtualService, Stop));
        Assert.Single(await client.GetServicesAsync(Stop));
    }

    [Fact]
    public async Task A_real_server_is_refused_for_what_is_wrong_with_it()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        await client.AddServiceAsync(Service, Stop);
        await Added(client, Service.VirtualService, Server);
        LvsRealServer current = Assert.Single(await client.GetRealServersAsync(Service.VirtualService, Stop));
        RealServerSettings other = Server with { RealServer = LvsServerId.Parse("192.0.2.22:80") };
        LvsServiceId absent = Service6.VirtualService;

        await Refused(IpvsError.RealServerExists, LinuxErrno.Exists, Add(Server));
        await Refused(IpvsError.ServiceNotFound, LinuxErrno.NoSuchProcess, AddTo(absent, other));
        await Refused(IpvsError.RealServerNotFound, LinuxErrno.NoEntry, client.SetRealServerAsync(new LvsRealServer(Service.VirtualService, other), other, Stop));
        await Refused(IpvsError.ServiceNotFound, LinuxErrno.NoSuchProcess, client.SetRealServerAsync(new LvsRealServer(absent, other), other, Stop));
        await Refused(IpvsError.RealServerNotFound, LinuxErrno.NoEntry, Remove(Service.VirtualService, other.RealServer));
        await Refused(IpvsError.ServiceNotFound, LinuxErrno.NoSuchProcess, Remove(absent, other.RealServer));

        await Refused(IpvsError.ValueOutOfRange, LinuxErrno.OutOfRange, Add(other with { Weight = -1 }));
        await Refused(IpvsError.ValueOutOfRange, LinuxErrno.OutOfRange, client.SetRealServerAsync(current, Server with { Weight = -1 }, Stop));
        await Refused(IpvsError.ValueOutOfRange, LinuxErrno.OutOfRange, Add(other with { UpperThreshold = 4, LowerThreshold = 5 }));
        await Refused(
            IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
            Add(other with { Forwarding = LvsForwardingMethod.Tunnel, TunnelType = LvsTunnelType.Gue }));
        foreach (string address in new[] { "224.0.0.1", "255.255.255.255" })
        {
            await Refused(
                IpvsError.InvalidRequest, LinuxErrno.InvalidArgument, Add(Server with { RealServer = LvsServerId.Observed(LvsAddress.Parse(address), 80) }));
        }

        foreach (LvsForwardingMethod forwarding in new[] { LvsForwardingMethod.DirectRouting, LvsForwardingMethod.Nat })
        {
            await Refused(
                IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
                Add(new RealServerSettings { RealServer = LvsServerId.Parse("[2001:db8::21]:80"), Forwarding = forwarding }));
        }

        await client.AddServiceAsync(Service6, Stop);
        foreach (string address in new[] { "::", "ff02::1", "fe80::1" })
        {
            await Refused(
                IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
                AddTo(Service6.VirtualService, Server with { RealServer = LvsServerId.Observed(LvsAddress.Parse(address), 80) }));
        }

        Assert.Equal([Server], (await client.GetRealServersAsync(Service.VirtualService, Stop)).Select(server => server.Settings));

        ValueTask Add(RealServerSettings settings) => AddTo(Service.VirtualService, settings);
        ValueTask AddTo(LvsServiceId service, RealServerSettings settings) => Only(client.AddRealServersAsync(service, [settings], Stop));
        ValueTask Remove(LvsServiceId service, LvsServerId server) => Only(client.RemoveRealServersAsync(service, [server], Stop));
    }

    [Fact]
    public async Task Where_no_interface_is_up_every_IPv4_server_is_refused_and_we_say_why()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync(loopbackUp: false);
        await space.Client.AddServiceAsync(Service, Stop);
        IpvsException refusal = (await space.Client.AddRealServersAsync(Service.VirtualService, [Server], Stop))[0]!;
        Assert.Equal((IpvsError.InvalidRequest, LinuxErrno.InvalidArgument), (refusal.Error, refusal.Errno));
        Assert.Contains("ip link set lo up", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeouts_beyond_the_kernels_are_refused()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        await Refused(IpvsError.InvalidRequest, LinuxErrno.InvalidArgument, space.Client.SetTimeoutAsync(new LvsTimeout { Tcp = int.MaxValue }, Stop));
        await space.Client.SetTimeoutAsync(new LvsTimeout { Tcp = LvsTimeout.MaximumSeconds }, Stop);
        Assert.Equal(LvsTimeout.MaximumSeconds, (await space.Client.GetTimeoutAsync(Stop)).Tcp);
    }

    [Fact]
    public async Task A_sync_daemon_is_refused_for_what_is_wrong_with_it()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        await Refused(IpvsError.SyncDaemonNotRunning, LinuxErrno.NoSuchProcess, client.StopSyncDaemonAsync(LvsSyncRole.Master, Stop));
        await Refused(IpvsError.SyncDaemonNotRunning, LinuxErrno.NoSuchProcess, client.StopSyncDaemonAsync(LvsSyncRole.Backup, Stop));
        await Refused(IpvsError.InterfaceNotFound, LinuxErrno.NoDevice, client.StartSyncDaemonAsync(Master with { Interface = "nosuch0" }, Stop));

        await space.ShellAsync("ip link add dummy0 type dummy; ip address add 192.0.2.1/24 dev dummy0; ip link set dummy0 up");
        await Refused(IpvsError.InvalidRequest, LinuxErrno.InvalidArgument, client.StartSyncDaemonAsync(Master with { Role = (LvsSyncRole)3 }, Stop));
        await Refused(
            IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
            client.StartSyncDaemonAsync(Master with { MulticastGroup = LvsAddress.Parse("192.0.2.99") }, Stop));

        await client.AddServiceAsync(Service6, Stop);
        await Added(client, Service6.VirtualService, Mixed);
        await Refused(IpvsError.InvalidRequest, LinuxErrno.InvalidArgument, client.StartSyncDaemonAsync(Master, Stop));
        await client.FlushAsync(Stop);

        await client.StartSyncDaemonAsync(Master, Stop);
        await Refused(IpvsError.SyncDaemonRunning, LinuxErrno.Exists, client.StartSyncDaemonAsync(Master, Stop));
        await client.AddServiceAsync(Service6, Stop);
        await Refused(IpvsError.InvalidRequest, LinuxErrno.InvalidArgument, Only(client.AddRealServersAsync(Service6.VirtualService, [Mixed], Stop)));
        // The address of a network's broadcast is known as such only once an interface has it.
        await client.AddServiceAsync(Service, Stop);
        await Refused(
            IpvsError.InvalidRequest, LinuxErrno.InvalidArgument,
            Only(client.AddRealServersAsync(Service.VirtualService, [Server with { RealServer = LvsServerId.Parse("192.0.2.255:80") }], Stop)));
        await space.Client.StopSyncDaemonAsync(LvsSyncRole.Master, Stop);
        Assert.Empty(await client.GetSyncDaemonsAsync(Stop));
    }

    [Fact]
    public async Task Without_the_capability_everything_is_refused_also_reading()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        space.DropCapabilities();
        await using IpvsClient client = await space.ConnectAsync();
        await Refused(IpvsError.PermissionDenied, LinuxErrno.NotPermitted, Void(client.GetServicesAsync(Stop)));
        await Refused(IpvsError.PermissionDenied, LinuxErrno.NotPermitted, Void(client.GetInfoAsync(Stop)));
        await Refused(IpvsError.PermissionDenied, LinuxErrno.NotPermitted, Void(client.GetRealServersAsync(Service.VirtualService, Stop)));
        await Refused(IpvsError.PermissionDenied, LinuxErrno.NotPermitted, client.AddServiceAsync(Service, Stop));
        await Refused(IpvsError.PermissionDenied, LinuxErrno.NotPermitted, client.FlushAsync(Stop));
        Assert.Empty(await space.Client.GetServicesAsync(Stop));

        static async ValueTask Void<T>(ValueTask<T> task) => await task;
    }

    [Fact]
    public async Task A_family_that_the_kernel_does_not_have_is_none()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        await using NetlinkConnection connection = new(KernelNetlinkTransport.Open());
        Assert.Null(await GenericNetlinkFamily.FindAsync(connection, "NOSUCH", Stop));
        Assert.NotNull(await GenericNetlinkFamily.FindAsync(connection, "IPVS", Stop));
    }

    private static async Task Refused(IpvsError error, int errno, ValueTask request)
    {
        IpvsException exception = await Assert.ThrowsAsync<IpvsException>(request.AsTask);
        Assert.Equal((error, errno), (exception.Error, exception.Errno));
    }

    private static async Task Added(IpvsClient client, LvsServiceId service, RealServerSettings server) =>
        Assert.Equal([null], await client.AddRealServersAsync(service, [server], Stop));

    private static async ValueTask Only(ValueTask<IReadOnlyList<IpvsException?>> refusals)
    {
        if (Assert.Single(await refusals) is { } refusal)
        {
            throw refusal;
        }
    }
}
