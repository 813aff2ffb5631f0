using System.Globalization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>The numbers in /proc/sys/net/ipv6/conf: one directory an interface, and <c>all</c> and <c>default</c>.</summary>
internal static class Ipv6Settings
{
    internal const string AcceptDad = "accept_dad";
    internal const string AcceptRouterAdvertisements = "accept_ra";
    internal const string DisableIPv6 = "disable_ipv6";
    internal const string NeighbourNotify = "ndisc_notify";

    internal const string Root = "/proc/sys/net/ipv6/conf";

    internal static string PathOf(string interfaceName, string setting) => $"{Root}/{interfaceName}/{setting}";

    /// <summary>Reads a number; null when there is no such interface, or no IPv6.</summary>
    internal static async ValueTask<int?> ReadAsync(ILvsHost host, string interfaceName, string setting, CancellationToken cancellationToken)
    {
        string path = PathOf(interfaceName, setting);
        string? text = await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new LvsHostException(LvsHostError.BadReply, $"{path} on {host.Name} holds no number, but '{text.Trim()}'.");
    }

    /// <summary>The step that writes a number.</summary>
    internal static HostChange Change(ILvsHost host, string interfaceName, string setting, int from, int to)
    {
        string path = PathOf(interfaceName, setting);
        string before = from.ToString(CultureInfo.InvariantCulture);
        string after = to.ToString(CultureInfo.InvariantCulture);
        return new HostChange(
            $"net.ipv6.conf.{interfaceName}",
            setting,
            before,
            after,
            stop => host.WriteFileAsync(path, after, stop),
            stop => host.WriteFileAsync(path, before, stop));
    }

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
