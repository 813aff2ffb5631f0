using System.Globalization;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Which words may stand in files that network managers, systemd and shells read: none that means more to one of them than its letters. The kernel itself
/// lets the name of an interface contain quotes, dollars and semicolons.
/// </summary>
internal static partial class PersistentVipRules
{
    private const int LongestInterfaceName = 15;

    /// <summary>What is wrong with a VIP's description, as a sentence; null when nothing is.</summary>
    internal static string? Trouble(PersistentVip vip)
    {
        string of = $"of the VIP {vip.Address}";
        return vip switch
        {
            _ when !IsInterface(vip.Interface) => $"The interface '{vip.Interface}' {of} has a name that no file can hold safely: letters, digits, dots, dashes and underscores are taken, 15 at most.",
            { Purpose: not ("DirectRouting" or "Tunnel" or "Nat" or "Director") } => $"The purpose '{vip.Purpose}' {of} is none.",
            _ when !Enum.IsDefined(vip.Persistence) => $"The persistence {vip.Persistence} {of} is none.",
            { InterfaceKind: not ("" or "dummy" or "ipip" or "sit" or "ip6tnl" or "gre" or "ip6gre") } => $"The kind '{vip.InterfaceKind}' of the interface {of} is none that holds VIPs.",
            { DeviceArguments: not ([] or ["type", _, ..]) } => $"The device {of} has no type.",
            _ when !vip.DeviceArguments.All(Argument().IsMatch) => $"The device {of} has an argument that no file can hold safely: '{string.Join(' ', vip.DeviceArguments)}'.",
            _ when vip.Modules.FirstOrDefault(module => !Word().IsMatch(module)) is { } module => $"'{module}' {of} is no kernel module.",
            _ when vip.Settings.Keys.FirstOrDefault(key => !IsSetting(key)) is { } key => $"'{key}' {of} is no kernel parameter of the network.",
            { GuePort: < 0 or > ushort.MaxValue } => $"The port {vip.GuePort} {of} is none.",
            { Held: { } held } when Trouble(vip.Address, held) is { } trouble => $"The address {of}: {trouble}",
            { Route: { } route } when Trouble(vip.Address, route) is { } trouble => $"The route {of}: {trouble}",
            _ => null,
        };
    }

    /// <summary>Whether every program takes the text for the name of an interface, and for nothing else.</summary>
    internal static bool IsInterface(string name) => name is { Length: > 0 and <= LongestInterfaceName } and not ("." or "..") && !name.StartsWith('-') && Name().IsMatch(name);

    private static string? Trouble(LvsAddress vip, PersistentAddress held) => held switch
    {
        { PrefixLength: var length } when length < 1 || length > vip.BitLength => string.Create(CultureInfo.InvariantCulture, $"its prefix length {length} is none."),
        { Scope: not ("global" or "host" or "link") } => $"its scope '{held.Scope}' is none.",
        { Label: { } label } when !IsLabel(label) => $"its label '{label}' is none.",
        _ => null,
    };

    private static string? Trouble(LvsAddress vip, PersistentRoute route) => route switch
    {
        _ when route.Director.Family != vip.Family => $"its director {route.Director} is of another address family.",
        { Table: < 1 } or { Table: not null, Priority: < 1 } or { Table: not null, From: null } => "its table, its priority or its source is missing.",
        { From: { } from } when from.Family != vip.Family => $"its source {from} is of another address family.",
        { Protocol: not (null or "tcp" or "udp" or "sctp") } => $"its protocol '{route.Protocol}' is none.",
        { Port: < 0 or > ushort.MaxValue } or { Port: > 0, Protocol: null } => $"its port {route.Port} is none.",
        { Throw: { } network } when !IsNetwork(network, vip) => $"its network '{network}' is none.",
        _ => null,
    };

    private static bool IsLabel(string label) => label.Length <= LongestInterfaceName && label.Split(':') is [var name, .. var rest] && IsInterface(name) && rest.Length <= 1 && rest.All(Name().IsMatch);

    private static bool IsSetting(string key) =>
        key.StartsWith("net/", StringComparison.Ordinal) && key.Split('/').All(part => part is not ("" or "." or "..") && Name().IsMatch(part));

    private static bool IsNetwork(string network, LvsAddress vip) =>
        network.Split('/') is [var address, var length]
        && LvsAddress.TryParse(address, out LvsAddress parsed, out _) && parsed.Family == vip.Family
        && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits <= vip.BitLength;

    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_-]*\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.:/_-]*\z")]
    private static partial Regex Argument();
}
