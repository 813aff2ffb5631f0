using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>The numbers in /proc/sys/net/ipv6/conf: one directory an interface, and <c>all</c> and <c>default</c>.</summary>
internal static class Ipv6Settings
{
    internal const string AcceptDad = "accept_dad";
    internal const string AcceptRedirects = "accept_redirects";
    internal const string AcceptRouterAdvertisements = "accept_ra";
    internal const string DisableIPv6 = "disable_ipv6";
    internal const string NeighbourNotify = "ndisc_notify";

    private const string Root = "/proc/sys/net/ipv6/conf";

    internal static string PathOf(string interfaceName, string setting) => $"{Root}/{interfaceName}/{setting}";

    /// <summary>Reads a number; null when there is no such interface, or no IPv6.</summary>
    internal static ValueTask<int?> ReadAsync(ILvsHost host, string interfaceName, string setting, CancellationToken cancellationToken) =>
        KernelSetting.ReadAsync(host, PathOf(interfaceName, setting), cancellationToken);

    /// <summary>The step that writes a number.</summary>
    internal static HostChange Change(ILvsHost host, string interfaceName, string setting, int from, int to) =>
        KernelSetting.Change(host, PathOf(interfaceName, setting), from, to);

    /// <summary>Throws unless an interface takes IPv6 addresses, with what to do about it.</summary>
    internal static async ValueTask RequireAsync(ILvsHost host, string interfaceName, CancellationToken cancellationToken)
    {
        int? disabled = await ReadAsync(host, interfaceName, DisableIPv6, cancellationToken).ConfigureAwait(false);
        if (disabled != 0)
        {
            throw new LvsHostException(
                LvsHostError.InterfaceUnsuitable,
                disabled is null
                    ? $"{host.Name} has no IPv6 on {interfaceName} ({PathOf(interfaceName, DisableIPv6)} is missing)."
                    : $"IPv6 is switched off for {interfaceName} on {host.Name}: sysctl -w net.ipv6.conf.{interfaceName}.disable_ipv6=0 switches it on.");
        }
    }
}
