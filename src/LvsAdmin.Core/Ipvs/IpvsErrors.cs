using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Ipvs;

/// <summary>Gives the kernel's bare error numbers their meaning, which depends on the command (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_sync.c).</summary>
internal static class IpvsErrors
{
    internal static IpvsException ModuleNotLoaded(string host) => new(
        IpvsError.ModuleNotLoaded, LinuxErrno.NoEntry, host,
        $"The kernel of {host} has no IPVS: the module ip_vs is not loaded and could not be loaded by itself. "
        + "Load it (modprobe ip_vs), or install a kernel that has it (CONFIG_IP_VS); in a container, load it on the machine.",
        null);

    internal static IpvsException Translate(IpvsCommand command, NetlinkErrorException error, Subject subject)
    {
        (IpvsError kind, string text) = Meaning(command, error.Errno, subject);
        string words = $"The kernel answers {LinuxErrno.Describe(error.Errno)}{(error.KernelMessage is null ? string.Empty : $": {error.KernelMessage}")}.";
        return new IpvsException(kind, error.Errno, subject.Target, $"{text} {words}", error);
    }

    private static (IpvsError Error, string Text) Meaning(IpvsCommand command, int errno, Subject subject)
    {
        switch (errno)
        {
            case LinuxErrno.NotPermitted or LinuxErrno.AccessDenied:
                return (IpvsError.PermissionDenied,
                    "IPVS needs the capability CAP_NET_ADMIN in the first user namespace, also for reading: run as root (sudo), not in a user namespace.");
            case LinuxErrno.OutOfMemory:
                return (IpvsError.OutOfMemory, $"The kernel has no memory for {subject}.");
            case LinuxErrno.ProtocolNotAvailable:
                return (IpvsError.ModuleUnloading, "The module ip_vs is being unloaded: load it again (modprobe ip_vs).");
            case LinuxErrno.AddressFamilyNotSupported:
                return (IpvsError.AddressFamilyNotSupported,
                    $"The kernel does not serve the address family of {subject}: IPv6 is switched off (ipv6.disable) or left out (CONFIG_IP_VS_IPV6).");
            case LinuxErrno.NotSupported:
                return (IpvsError.NotSupported, $"This kernel cannot do it for {subject}: it is too old or was built without it.");
        }

        return (command, errno) switch
        {
            (IpvsCommand.NewService, LinuxErrno.Exists) =>
                (IpvsError.ServiceExists, $"The virtual service {subject.Service} exists already: Set-LvsVirtualService changes it, Remove-LvsVirtualService removes it."),
            (IpvsCommand.NewService or IpvsCommand.SetService, LinuxErrno.NoEntry) => NoScheduler(subject),
            (IpvsCommand.NewDestination, LinuxErrno.Exists) =>
                (IpvsError.RealServerExists, $"The real server {subject.Server} is in {subject.Service} already: Set-LvsRealServer changes it."),
            (IpvsCommand.SetDestination or IpvsCommand.DeleteDestination, LinuxErrno.NoEntry) =>
                (IpvsError.RealServerNotFound, $"There is no real server {subject.Server} in {subject.Service}: Get-LvsRealServer lists those that exist."),
            (IpvsCommand.NewDaemon, LinuxErrno.NoDevice) =>
                (IpvsError.InterfaceNotFound, $"There is no interface {subject.Daemon?.Interface} for the sync daemon: 'ip link' lists those that exist."),
            (IpvsCommand.NewDaemon, LinuxErrno.Exists) =>
                (IpvsError.SyncDaemonRunning, $"A {subject.Daemon?.Role} sync daemon runs already: Stop-LvsSyncDaemon {subject.Daemon?.Role} ends it."),
            (IpvsCommand.NewDaemon, LinuxErrno.InvalidArgument) =>
                (IpvsError.InvalidRequest, "The sync daemon is refused: its group must be multicast, and no service may have a real server of another address family."),
            (IpvsCommand.DeleteDaemon, LinuxErrno.NoSuchProcess) =>
                (IpvsError.SyncDaemonNotRunning, $"No {subject.Daemon?.Role} sync daemon runs: Get-LvsSyncDaemon lists those that do."),
            (_, LinuxErrno.NoSuchProcess) =>
                (IpvsError.ServiceNotFound, $"There is no virtual service {subject.Service}: Get-LvsVirtualService lists those that exist."),
            (_, LinuxErrno.OutOfRange) =>
                (IpvsError.ValueOutOfRange, $"A number of {subject} is out of range: a weight is 0 to 2147483647, and the lower threshold must not be above the upper."),
            (IpvsCommand.NewDestination or IpvsCommand.SetDestination, LinuxErrno.InvalidArgument) =>
                (IpvsError.InvalidRequest,
                    $"{subject} is refused: its address must be unicast (no network's broadcast address), GUE needs a port, and a server of another "
                    + "address family than its service needs a tunnel, with no sync daemon running. In a network namespace where no interface "
                    + "was ever up, every IPv4 address is refused: ip link set lo up."),
            (IpvsCommand.NewService or IpvsCommand.SetService, LinuxErrno.InvalidArgument) =>
                (IpvsError.InvalidRequest, $"{subject} is refused: the persistence prefix length must be 1 to 128 for IPv6, and names must be short."),
            (_, LinuxErrno.InvalidArgument) => (IpvsError.InvalidRequest, $"A value of {subject} is refused."),
            _ => (IpvsError.Refused, $"The kernel refused {subject}."),
        };
    }

    // One number for both: the engine is looked for last, but a scheduler that every kernel has is found.
    private static (IpvsError Error, string Text) NoScheduler(Subject subject)
    {
        string? engine = subject.Settings?.PersistenceEngine;
        string? scheduler = subject.Settings?.Scheduler;
        if (engine is not null && LvsScheduler.Known.Any(known => known.Name == scheduler))
        {
            return (IpvsError.PersistenceEngineNotFound,
                $"The kernel has no persistence engine '{engine}' for {subject.Service} (module ip_vs_pe_{engine}), or no scheduler '{scheduler}' (module ip_vs_{scheduler}).");
        }

        return (IpvsError.SchedulerNotFound,
            $"The kernel has no scheduler '{scheduler}' for {subject.Service} (module ip_vs_{scheduler}). Known are {string.Join(", ", LvsScheduler.Known.Select(known => known.Name))}.");
    }

    /// <summary>What a request was about, for messages.</summary>
    internal readonly record struct Subject(
        LvsServiceId? Service = null, LvsServerId? Server = null, VirtualServiceSettings? Settings = null, LvsSyncDaemon? Daemon = null)
    {
        internal object? Target => (object?)Server ?? (object?)Daemon?.Role ?? Service;

        public override string ToString() => (Server, Service, Daemon) switch
        {
            ({ } server, _, _) => $"the real server {server} of {Service}",
            (_, { } service, _) => $"the virtual service {service}",
            (_, _, { } daemon) => $"the {daemon.Role} sync daemon",
            _ => "the director",
        };
    }
}
