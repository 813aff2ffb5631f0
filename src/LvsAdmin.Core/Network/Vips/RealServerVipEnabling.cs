using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans what lets a real server serve a VIP: for direct routing here, the other methods by their own classes; and what all have in common.</summary>
internal static class RealServerVipEnabling
{
    private const string Loopback = "lo";

    internal static async ValueTask PlanAsync(VipPlanBuilder plan, LvsVipSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Forwarding == LvsForwardingMethod.Nat)
        {
            await NatVip.PlanAsync(plan, settings, cancellationToken).ConfigureAwait(false);
        }
        else if (settings.Forwarding == LvsForwardingMethod.Tunnel)
        {
            await TunnelVip.PlanAsync(plan, settings, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await PlanDirectRoutingAsync(plan, settings, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Plans the ARP policy and then the VIP itself on an interface that exists by then.</summary>
    /// <param name="plan">Where the steps go.</param>
    /// <param name="settings">How the VIP is enabled.</param>
    /// <param name="name">The interface.</param>
    /// <param name="target">The interface as it is; null where an earlier step makes it.</param>
    /// <param name="device">What has to come back after a boot of the interface itself.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async ValueTask PlanHolderAsync(
        VipPlanBuilder plan, LvsVipSettings settings, string name, HostInterface? target, PersistentVip device, CancellationToken cancellationToken)
    {
        bool isV4 = plan.Vip.Family == LvsAddressFamily.IPv4;
        bool isLoopback = name == Loopback;
        if (isV4)
        {
            PlanArp(plan, settings);
            if (!isLoopback && device.InterfaceKind != "dummy")
            {
                // Loose even where it is off: the kernel takes the larger of this and `all`, and `all` may be made strict later.
                plan.Want(Ipv4Settings.PathOf(name, Ipv4Settings.ReversePathFilter), plan.State.ConfiguredFilter(name), (int)ReversePathFilter.Loose);
            }
        }
        else
        {
            await Ipv6Settings.RequireAsync(plan.Host, target is null ? Ipv4Settings.Default : name, cancellationToken).ConfigureAwait(false);
        }

        if (target is { IsUp: true })
        {
            plan.Rely(VipSteps.LinkKey(name));
        }
        else
        {
            plan.AddRemembered(VipSteps.SetLink(plan.Host, name, up: true), VipSteps.LinkKey(name));
        }

        InterfaceAddress? held = plan.State.Holders(plan.Vip).Select(holder => holder.Address).FirstOrDefault();
        InterfaceAddress wanted = held ?? NewAddress(plan, name);
        if (held is null)
        {
            plan.Add(VipSteps.AddAddress(plan.Host, name, wanted));
        }

        bool wantsRoute = isV4 && isLoopback;
        // The route outlives an address that somebody took away by hand.
        if (wantsRoute && !await VipSteps.HasRouteAsync(plan.Host, name, plan.Vip, cancellationToken).ConfigureAwait(false))
        {
            plan.Add(VipSteps.AddRoute(plan.Host, name, plan.Vip));
        }

        plan.Persistent = device with
        {
            SetInterfaceUp = !isLoopback,
            HostRoute = wantsRoute,
            Held = new PersistentAddress
            {
                PrefixLength = wanted.PrefixLength,
                Scope = wanted.Scope,
                Label = wanted.Label == name ? null : wanted.Label,
                OwnBroadcast = wanted.Broadcast == plan.Vip,
                IsDeprecated = !isV4,
            },
        };
    }

    /// <summary>Throws unless the VIP is free, or on the interface already as it should be.</summary>
    /// <exception cref="LvsHostException">AddressConflict: it is the host's own address, or there in another way.</exception>
    internal static void RequireNoConflict(VipPlanBuilder plan, string? name)
    {
        string host = plan.Host.Name;
        foreach ((HostInterface holder, InterfaceAddress held) in plan.State.Holders(plan.Vip))
        {
            string where = $"{held.Address}/{held.PrefixLength} is on interface {holder.Name} of {host}";
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
        }
    }

    internal static LvsHostException NoInterface(VipPlanBuilder plan, string name, string remedy) =>
        NetworkInterfaces.Missing(plan.Host, name, plan.State.Interfaces.Select(each => each.Name), remedy);

    private static async ValueTask PlanDirectRoutingAsync(VipPlanBuilder plan, LvsVipSettings settings, CancellationToken cancellationToken)
    {
        string name = settings.Interface ?? Loopback;
        HostInterface target = plan.State.Find(name) ?? throw NoInterface(plan, name, $" To make it: ip link add {name} type dummy.");
        if (!target.IsSilent)
        {
            throw new LvsHostException(
                LvsHostError.InterfaceUnsuitable,
                $"Interface {target.Name} of {plan.Host.Name} must not hold a VIP, for it answers ARP requests for its addresses: name lo or a dummy.");
        }

        RequireNoConflict(plan, name);
        PersistentVip device = Record(plan, settings, name) with { InterfaceKind = target.Kind, DeviceArguments = target.Kind.Length == 0 ? [] : ["type", target.Kind] };
        await PlanHolderAsync(plan, settings, name, target, device, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The beginning of what has to come back after a boot.</summary>
    internal static PersistentVip Record(VipPlanBuilder plan, LvsVipSettings settings, string interfaceName) => new()
    {
        Address = plan.Vip,
        Purpose = $"{settings.Forwarding}",
        Persistence = LvsPersistence.SystemdUnit,
        Interface = interfaceName,
    };

    // Raised on `all`, which holds for whatever interface is asked, also for those that come later; or only where the user says that requests arrive.
    private static void PlanArp(VipPlanBuilder plan, LvsVipSettings settings)
    {
        // Addresses that live with the policy as it is need no other once the VIP is gone.
        string[] bystanders = [.. plan.State.Vips().Where(vip => vip.Address.Address.Family == LvsAddressFamily.IPv4 && vip.Address.Address != plan.Vip).Select(vip => $"{vip.Address.Address}")];
        string? missing = settings.ArpInterfaces.FirstOrDefault(name => plan.State.Policies.All(policy => policy.Interface != name));
        if (missing is not null)
        {
            throw NoInterface(plan, missing, string.Empty);
        }

        foreach (LvsArpPolicy policy in plan.State.Policies.Where(each => each.Interface != Ipv4Settings.Default))
        {
            bool isChosen = settings.ArpInterfaces.Count == 0 ? policy.Interface == Ipv4Settings.All : settings.ArpInterfaces.Contains(policy.Interface);
            // What is stricter already stays. A level that is none acts as 0, and hides a lower one: it is replaced wherever it stands.
            if (isChosen || !Enum.IsDefined(policy.Ignore))
            {
                bool suffices = Enum.IsDefined(policy.Ignore) && !RealServerState.Answers(policy.Ignore, "host");
                plan.Want(
                    Ipv4Settings.PathOf(policy.Interface, Ipv4Settings.ArpIgnore), (int)policy.Ignore, suffices ? (int)policy.Ignore : (int)LvsArpIgnore.TargetOnInterface, bystanders);
            }

            if (isChosen || !Enum.IsDefined(policy.Announce))
            {
                bool suffices = policy.Announce == LvsArpAnnounce.BestLocal;
                plan.Want(
                    Ipv4Settings.PathOf(policy.Interface, Ipv4Settings.ArpAnnounce), (int)policy.Announce, suffices ? (int)policy.Announce : (int)LvsArpAnnounce.BestLocal, bystanders);
            }
        }
    }

    private static InterfaceAddress NewAddress(VipPlanBuilder plan, string name)
    {
        LvsAddress vip = plan.Vip;
        bool isLoopback = name == Loopback;
        if (vip.Family == LvsAddressFamily.IPv6)
        {
            // Deprecated, so that the host never begins a connection of its own from it.
            return new InterfaceAddress(vip, vip.BitLength, "global") { IsDeprecated = true };
        }

        // At level 3, only addresses of scope host are not answered for; at the others they are as silent as any.
        bool hidesHostScopeOnly = plan.State.Policies.Any(policy => policy.EffectiveIgnore == LvsArpIgnore.NotHostScope);
        return new InterfaceAddress(vip, vip.BitLength, hidesHostScopeOnly ? "host" : "global")
        {
            Broadcast = isLoopback ? vip : null,
            Label = isLoopback ? FreeLabel(plan.State) : null,
        };
    }

    private static string FreeLabel(RealServerState state)
    {
        HashSet<string?> taken = [.. state.Find(Loopback)!.Addresses.Select(address => address.Label)];
        return Enumerable.Range(0, int.MaxValue).Select(number => $"{Loopback}:{number}").First(label => !taken.Contains(label));
    }
}
