using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Ipvs;

[Trait("Level", "Bytes")]
public sealed class IpvsErrorsTests
{
    private static readonly LvsServiceId Service = LvsServiceId.Parse("tcp/192.0.2.10:80");
    private static readonly LvsServerId Server = LvsServerId.Parse("192.0.2.21:80");

    private static IpvsErrors.Subject OfService => new(Service, Settings: new VirtualServiceSettings { VirtualService = Service, Scheduler = "nosuch" });

    private static IpvsErrors.Subject OfServer => new(Service, Server);

    private static IpvsErrors.Subject OfDaemon => new(Daemon: new LvsSyncDaemon { Role = LvsSyncRole.Master, Interface = "eth9" });

    [Theory]
    [InlineData(1, LinuxErrno.Exists, IpvsError.ServiceExists, "Set-LvsVirtualService")]
    [InlineData(1, LinuxErrno.NoEntry, IpvsError.SchedulerNotFound, "ip_vs_nosuch")]
    [InlineData(2, LinuxErrno.NoEntry, IpvsError.SchedulerNotFound, "ip_vs_nosuch")]
    [InlineData(1, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "tcp/192.0.2.10:80")]
    [InlineData(2, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "tcp/192.0.2.10:80")]
    [InlineData(1, LinuxErrno.AddressFamilyNotSupported, IpvsError.AddressFamilyNotSupported, "ipv6.disable")]
    [InlineData(1, LinuxErrno.ProtocolNotAvailable, IpvsError.ModuleUnloading, "modprobe ip_vs")]
    [InlineData(1, LinuxErrno.OutOfMemory, IpvsError.OutOfMemory, "no memory")]
    [InlineData(2, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "Get-LvsVirtualService")]
    [InlineData(3, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "Get-LvsVirtualService")]
    [InlineData(4, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "Get-LvsVirtualService")]
    [InlineData(16, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "Get-LvsVirtualService")]
    [InlineData(4, LinuxErrno.NotPermitted, IpvsError.PermissionDenied, "CAP_NET_ADMIN")]
    [InlineData(17, LinuxErrno.NotSupported, IpvsError.NotSupported, "too old")]
    [InlineData(4, LinuxErrno.MessageTooLong, IpvsError.Refused, "EMSGSIZE")]
    [InlineData(4, LinuxErrno.Busy, IpvsError.Refused, "EBUSY")]
    [InlineData(3, LinuxErrno.NoEntry, IpvsError.Refused, "ENOENT")]
    public void A_number_means_for_a_service(byte command, int errno, IpvsError error, string word) => Check(command, errno, error, word, OfService, Service);

    [Theory]
    [InlineData(5, LinuxErrno.Exists, IpvsError.RealServerExists, "Set-LvsRealServer")]
    [InlineData(5, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "tcp/192.0.2.10:80")]
    [InlineData(6, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "tcp/192.0.2.10:80")]
    [InlineData(7, LinuxErrno.NoSuchProcess, IpvsError.ServiceNotFound, "tcp/192.0.2.10:80")]
    [InlineData(6, LinuxErrno.NoEntry, IpvsError.RealServerNotFound, "192.0.2.21:80")]
    [InlineData(7, LinuxErrno.NoEntry, IpvsError.RealServerNotFound, "192.0.2.21:80")]
    [InlineData(5, LinuxErrno.OutOfRange, IpvsError.ValueOutOfRange, "weight")]
    [InlineData(6, LinuxErrno.OutOfRange, IpvsError.ValueOutOfRange, "weight")]
    [InlineData(5, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "unicast")]
    [InlineData(6, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "unicast")]
    [InlineData(5, LinuxErrno.NotPermitted, IpvsError.PermissionDenied, "root")]
    [InlineData(5, LinuxErrno.OutOfMemory, IpvsError.OutOfMemory, "192.0.2.21:80")]
    [InlineData(8, LinuxErrno.NotSupported, IpvsError.NotSupported, "192.0.2.21:80")]
    public void A_number_means_for_a_real_server(byte command, int errno, IpvsError error, string word) => Check(command, errno, error, word, OfServer, Server);

    [Theory]
    [InlineData(9, LinuxErrno.NoDevice, IpvsError.InterfaceNotFound, "eth9")]
    [InlineData(9, LinuxErrno.Exists, IpvsError.SyncDaemonRunning, "Stop-LvsSyncDaemon Master")]
    [InlineData(9, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "multicast")]
    [InlineData(9, LinuxErrno.ProtocolNotAvailable, IpvsError.ModuleUnloading, "ip_vs")]
    [InlineData(9, LinuxErrno.NotPermitted, IpvsError.PermissionDenied, "CAP_NET_ADMIN")]
    [InlineData(10, LinuxErrno.NoSuchProcess, IpvsError.SyncDaemonNotRunning, "Get-LvsSyncDaemon")]
    [InlineData(10, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "Master")]
    public void A_number_means_for_a_sync_daemon(byte command, int errno, IpvsError error, string word) =>
        Check(command, errno, error, word, OfDaemon, LvsSyncRole.Master);

    [Fact]
    public void A_number_means_for_the_director() =>
        Check((byte)IpvsCommand.SetConfig, LinuxErrno.InvalidArgument, IpvsError.InvalidRequest, "director", default, null);

    [Fact]
    public void With_an_engine_and_a_scheduler_that_every_kernel_has_it_is_the_engine_that_is_missing()
    {
        VirtualServiceSettings settings = new() { VirtualService = Service, Scheduler = "rr", PersistenceEngine = "nosuch", PersistenceTimeout = 60 };
        Check(1, LinuxErrno.NoEntry, IpvsError.PersistenceEngineNotFound, "ip_vs_pe_nosuch", new(Service, Settings: settings), Service);
        Check(1, LinuxErrno.NoEntry, IpvsError.SchedulerNotFound, "ip_vs_own", new(Service, Settings: settings with { Scheduler = "own" }), Service);
    }

    [Fact]
    public void The_kernels_own_words_are_told_where_there_are_any()
    {
        IpvsException exception = IpvsErrors.Translate(
            IpvsCommand.NewService, new NetlinkErrorException(LinuxErrno.InvalidArgument, "a reason of the kernel's"), OfService);
        Assert.Contains("a reason of the kernel's", exception.Message, StringComparison.Ordinal);
        Assert.Contains("EINVAL", exception.Message, StringComparison.Ordinal);
    }

    private static void Check(byte command, int errno, IpvsError error, string word, IpvsErrors.Subject subject, object? target)
    {
        NetlinkErrorException answer = new(errno);
        IpvsException exception = IpvsErrors.Translate((IpvsCommand)command, answer, subject);
        Assert.Equal((error, errno), (exception.Error, exception.Errno));
        Assert.Equal(target, exception.Target);
        Assert.Same(answer, exception.InnerException);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
    }
}
