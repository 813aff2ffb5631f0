using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans what lets a real server accept a VIP.</summary>
internal static class RealServerVipEnabling
{
    private const string Loopback = "lo";
    private const string TunnelV4 = "tunl0";
    private const string TunnelV6 = "ip6tnl0";
    private const int LooseFilter = 2;

    internal static async ValueTask<IReadOnlyList<HostChange>> PlanAsync(
        ILvsHost host, LvsAddress vip, LvsForwardingMethod method, string? interfaceName, CancellationToken cancellationToken)
    {
        bool isTunnel = method == LvsForwardingMethod.Tunnel;
        bool isV4 = vip.Family == LvsAddressFamily.IPv4;
        string name = interfaceName ?? (isTunnel ? (isV4 ? TunnelV4 : TunnelV6) : Loopback);
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        HostInterface? target = state.Find(name);
        bool isPresent = IsPresent(host, state, vip, name);
        List<HostChange> changes = [];
        if (target is null)
        {
            changes.Add(PlanModule(host, state, name, isTunnel));
        }
        else
        {
            RequireSuitable(host, target, method);
        }

        if (!isV4)
        {
            await RequireV6Async(host, name, target is null, cancellationToken).ConfigureAwait(false);
        }

        HostMemory memory = await HostMemory.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        if (isV4)
        {
            changes.AddRange(PlanArp(host, state, memory, vip));
            if (isTunnel && state.ConfiguredFilter(name) != LooseFilter)
            {
                // Loose even where it is off: the kernel takes the larger of this and `all`, and `all` may be made strict later.
                changes.Add(Setting(host, memory, vip, name, Ipv4Settings.ReversePathFilter, state.ConfiguredFilter(name), LooseFilter));
            }
        }

        if (target is not { IsUp: true })
        {
            changes.Add(memory.Remembering(VipSteps.SetLink(host, name, up: true), $"link {name}", $"vip {vip}"));
        }

        if (!isPresent)
        {
            changes.Add(VipSteps.AddAddress(host, name, NewAddress(state, vip, name)));
        }

        if (isV4 && name == Loopback && !(isPresent && await VipSteps.HasRouteAsync(host, name, vip, cancellationToken).ConfigureAwait(false)))
        {
            changes.Add(VipSteps.AddRoute(host, name, vip));
        }

        return changes;
    }

    private static bool IsPresent(ILvsHost host, RealServerState state, LvsAddress vip, string name)
    {
        bool present = false;
        foreach ((HostInterface holder, InterfaceAddress held) in state.Holders(vip))
        {
            string where = $"{held.Address}/{held.PrefixLength} is on interface {holder.Name} of {host.Name}";
            string? conflict = holder.Name == name && holder.HoldsAsVip(held)
                ? held.IsHostPrefix
                    ? null
                    : $"{where}, with the prefix of a whole network. Remove it first: ip address delete {held.Address}/{held.PrefixLength} dev {holder.Name}."
                : holder.HoldsAsVip(held)
                    ? $"{where} already, as a VIP for {(holder.IsTunnel ? LvsForwardingMethod.Tunnel : LvsForwardingMethod.DirectRouting)}. Disable it first."
                    : $"{where}, as an address of its own, which answers ARP requests. A VIP must not be a real server's own address: is this the director?";
            if (conflict is not null)
            {
                throw new LvsHostException(LvsHostError.AddressConflict, conflict);
            }

            present = true;
        }

        return present;
    }

    private static HostChange PlanModule(ILvsHost host, RealServerState state, string name, bool isTunnel) => (name, isTunnel) switch
    {
        (TunnelV4, true) => VipSteps.LoadModule(host, "ipip", name),
        (TunnelV6, true) => VipSteps.LoadModule(host, "ip6_tunnel", name),
        _ => throw new LvsHostException(
            LvsHostError.InterfaceMissing,
            $"There is no interface '{name}' on {host.Name}. It has: {string.Join(", ", state.Interfaces.Select(each => each.Name))}."
            + (isTunnel ? string.Empty : $" To make it: ip link add {name} type dummy.")),
    };

    private static void RequireSuitable(ILvsHost host, HostInterface target, LvsForwardingMethod method)
    {
        bool isTunnel = method == LvsForwardingMethod.Tunnel;
        if (isTunnel ? !target.IsTunnel : !target.IsSilent)
        {
            throw new LvsHostException(
                LvsHostError.InterfaceUnsuitable,
                isTunnel
                    ? $"Interface {target.Name} of {host.Name} is no tunnel: name one of the kinds ipip, sit, gre, ip6tnl or ip6gre, or none for tunl0 or ip6tnl0."
                    : $"Interface {target.Name} of {host.Name} must not hold a VIP, for it answers ARP requests for its addresses: name lo or a dummy.");
        }
    }

    private static async ValueTask RequireV6Async(ILvsHost host, string name, bool isMissing, CancellationToken cancellationToken)
    {
        string of = isMissing ? Ipv4Settings.Default : name;
        string path = $"/proc/sys/net/ipv6/conf/{of}/disable_ipv6";
        string? disabled = await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
        if (disabled?.Trim() != "0")
        {
            throw new LvsHostException(
                LvsHostError.InterfaceUnsuitable,
                disabled is null
                    ? $"{host.Name} has no IPv6 on {of} ({path} is missing)."
                    : $"IPv6 is switched off for {of} on {host.Name}: sysctl -w net.ipv6.conf.{of}.disable_ipv6=0 switches it on.");
        }
    }

    // Raised on `all`, which holds for whatever interface is asked, also for those that come later. What is stricter already stays.
    private static IEnumerable<HostChange> PlanArp(ILvsHost host, RealServerState state, HostMemory memory, LvsAddress vip)
    {
        foreach (LvsArpPolicy policy in state.Policies.Where(each => each.Interface != Ipv4Settings.Default))
        {
            bool isAll = policy.Interface == Ipv4Settings.All;
            // A level that is none acts as 0, and hides a lower one: it is replaced wherever it stands.
            if (isAll && policy.Ignore == LvsArpIgnore.AnyLocal || !Enum.IsDefined(policy.Ignore))
            {
                yield return Setting(host, memory, vip, policy.Interface, Ipv4Settings.ArpIgnore, (int)policy.Ignore, (int)LvsArpIgnore.TargetOnInterface);
            }

            if (isAll && policy.Announce < LvsArpAnnounce.BestLocal || !Enum.IsDefined(policy.Announce))
            {
                yield return Setting(host, memory, vip, policy.Interface, Ipv4Settings.ArpAnnounce, (int)policy.Announce, (int)LvsArpAnnounce.BestLocal);
            }
        }
    }

    private static HostChange Setting(ILvsHost host, HostMemory memory, LvsAddress vip, string interfaceName, string setting, int from, int to) =>
        memory.Remembering(Ipv4Settings.Change(host, interfaceName, setting, from, to), Ipv4Settings.PathOf(interfaceName, setting), $"vip {vip}");

    private static InterfaceAddress NewAddress(RealServerState state, LvsAddress vip, string name)
    {
        bool isLoopback = name == Loopback;
        if (vip.Family == LvsAddressFamily.IPv6)
        {
            // Deprecated, so that the host never begins a connection of its own from it.
            return new InterfaceAddress(vip, vip.BitLength, "global") { IsDeprecated = true };
        }

        // At level 3, only addresses of scope host are not answered for; at the others they are as silent as any.
        bool hidesHostScopeOnly = state.Policies.Any(policy => policy.EffectiveIgnore == LvsArpIgnore.NotHostScope);
        return new InterfaceAddress(vip, vip.BitLength, hidesHostScopeOnly ? "host" : "global")
        {
            Broadcast = isLoopback ? vip : null,
            Label = isLoopback ? FreeLabel(state) : null,
        };
    }

    private static string FreeLabel(RealServerState state)
    {
        HashSet<string?> taken = [.. state.Find(Loopback)!.Addresses.Select(address => address.Label)];
        return Enumerable.Range(0, int.MaxValue).Select(number => $"{Loopback}:{number}").First(label => !taken.Contains(label));
    }
}
