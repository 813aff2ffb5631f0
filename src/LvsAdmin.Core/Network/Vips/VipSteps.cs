using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>The single steps of enabling and disabling VIPs, each with its way back.</summary>
internal static class VipSteps
{
    private const string Up = "up";
    private const string Down = "down";
    private const string LinkPrefix = "link ";

    /// <summary>The step that adds an address; taken away again by its undo.</summary>
    internal static HostChange AddAddress(ILvsHost host, string interfaceName, InterfaceAddress address) => new(
        Target(interfaceName),
        "address",
        null,
        Describe(address),
        stop => IpCommand.RunAsync(host, stop, AddArguments(interfaceName, address)),
        stop => IpCommand.RunAsync(host, stop, RemoveArguments(interfaceName, address)));

    internal static HostChange RemoveAddress(ILvsHost host, string interfaceName, InterfaceAddress address) =>
        AddAddress(host, interfaceName, address).Reversed();

    /// <summary>
    /// The step that adds the host route of the classic recipe. The kernel's own route to a local address (table local) delivers the packets already;
    /// this one in table main shows the VIP to people and to programs that look for it there.
    /// </summary>
    internal static HostChange AddRoute(ILvsHost host, string interfaceName, LvsAddress vip) => new(
        Target(interfaceName),
        "route",
        null,
        $"{vip}/{vip.BitLength}",
        stop => IpCommand.RunAsync(host, stop, RouteArguments("add", interfaceName, vip)),
        stop => IpCommand.RunAsync(host, stop, RouteArguments("delete", interfaceName, vip)));

    internal static HostChange RemoveRoute(ILvsHost host, string interfaceName, LvsAddress vip) => AddRoute(host, interfaceName, vip).Reversed();

    /// <summary>Whether the host route of a VIP is there.</summary>
    internal static async ValueTask<bool> HasRouteAsync(ILvsHost host, string interfaceName, LvsAddress vip, CancellationToken cancellationToken) =>
        (await IpCommand.QueryAsync(host, cancellationToken, "-4", "-json", "route", "show", "exact", $"{vip}/{vip.BitLength}", "dev", interfaceName)
            .ConfigureAwait(false)).Length > 0;

    /// <summary>How it is remembered that an interface was set up.</summary>
    internal static string LinkKey(string interfaceName) => LinkPrefix + interfaceName;

    /// <summary>The interface of a remembered change; null for a change of another kind.</summary>
    internal static string? LinkOf(string key) => key.StartsWith(LinkPrefix, StringComparison.Ordinal) ? key[LinkPrefix.Length..] : null;

    internal static HostChange SetLink(ILvsHost host, string interfaceName, bool up) => new(
        Target(interfaceName),
        "state",
        up ? Down : Up,
        up ? Up : Down,
        stop => IpCommand.RunAsync(host, stop, "link", "set", "dev", interfaceName, up ? Up : Down),
        stop => IpCommand.RunAsync(host, stop, "link", "set", "dev", interfaceName, up ? Down : Up));

    private static string Target(string interfaceName) => $"interface {interfaceName}";

    private static string Describe(InterfaceAddress address)
    {
        string label = address.Label is { } given ? $" label {given}" : string.Empty;
        string scope = address.Scope == "global" ? string.Empty : $" scope {address.Scope}";
        return string.Create(CultureInfo.InvariantCulture, $"{address.Address}/{address.PrefixLength}{label}{scope}{(address.IsDeprecated ? " deprecated" : string.Empty)}");
    }

    private static string[] AddArguments(string interfaceName, InterfaceAddress address)
    {
        List<string> arguments = ["address", "add", Prefix(address)];
        if (address.Broadcast is { } broadcast)
        {
            arguments.AddRange(["broadcast", $"{broadcast}"]);
        }

        arguments.AddRange(["dev", interfaceName, "scope", address.Scope]);
        if (address.Label is { } label)
        {
            arguments.AddRange(["label", label]);
        }

        if (address.Address.Family == LvsAddressFamily.IPv6)
        {
            // Duplicate-address detection would find the director's, and the other servers', and disable the VIP.
            arguments.Add("nodad");
            if (address.IsDeprecated)
            {
                arguments.AddRange(["preferred_lft", "0"]);
            }
        }

        return [.. arguments];
    }

    private static string[] RemoveArguments(string interfaceName, InterfaceAddress address) =>
        ["address", "delete", Prefix(address), "dev", interfaceName];

    private static string[] RouteArguments(string verb, string interfaceName, LvsAddress vip) =>
        ["-4", "route", verb, $"{vip}/{vip.BitLength}", "dev", interfaceName];

    private static string Prefix(InterfaceAddress address) => string.Create(CultureInfo.InvariantCulture, $"{address.Address}/{address.PrefixLength}");
}
