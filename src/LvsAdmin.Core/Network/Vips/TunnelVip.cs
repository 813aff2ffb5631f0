using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans a VIP that is reached by a tunnel: what receives it, and the VIP on that device.</summary>
internal static class TunnelVip
{
    internal static async ValueTask PlanAsync(VipPlanBuilder plan, LvsVipSettings settings, CancellationToken cancellationToken)
    {
        ILvsHost host = plan.Host;
        LvsAddressFamily inner = plan.Vip.Family;
        LvsAddressFamily outer = settings.RealServerAddress?.Family ?? inner;
        if (settings.RealServerAddress is { } address && !plan.State.Holders(address).Any())
        {
            throw new LvsHostException(
                LvsHostError.RealServerAddressUnclear,
                $"{address} is no address of {host.Name}: name the address under which the director knows this real server. It has: {string.Join(", ", OwnAddresses(plan.State, outer))}.");
        }

        TunnelDevice device = TunnelDevice.Choose(settings, inner, outer, () => settings.RealServerAddress ?? OnlyAddress(plan, outer));
        HostInterface? target;
        if (settings.Interface is { } chosen)
        {
            target = plan.State.Find(chosen) ?? throw RealServerVipEnabling.NoInterface(plan, chosen, string.Empty);
            RequireSuitable(plan, settings, target, inner, outer);
            device = device with { Name = chosen, Kind = target.Kind, Arguments = [] };
        }
        else if (device.IsOwn)
        {
            LvsAddress local = LvsAddress.Parse(device.Arguments[Array.IndexOf([.. device.Arguments], "local") + 1]);
            target = plan.State.Interfaces.FirstOrDefault(each => device.IsServedBy(each, local));
            device = device with { Name = target?.Name ?? FreeName(plan.State, device.Name) };
        }
        else
        {
            target = plan.State.Find(device.Name);
        }

        RealServerVipEnabling.RequireNoConflict(plan, device.Name);
        PersistentVip record = RealServerVipEnabling.Record(plan, settings, device.Name) with
        {
            InterfaceKind = device.Kind,
            DeviceArguments = device.Arguments,
            Modules = settings.TunnelType == LvsTunnelType.Gue ? [device.Module, TunnelSteps.GueModule] : [device.Module],
            GuePort = settings.TunnelPort,
            GueOverIPv6 = outer == LvsAddressFamily.IPv6 && settings.TunnelType == LvsTunnelType.Gue,
        };
        PlanDevice(plan, device, target);
        if (settings.TunnelType == LvsTunnelType.Gue)
        {
            await PlanPortAsync(plan, outer, settings.TunnelPort, cancellationToken).ConfigureAwait(false);
        }

        await RealServerVipEnabling.PlanHolderAsync(plan, settings, device.Name, target, record, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many bytes a tunnel adds to each packet: the outer header, and what stands between it and the inner one.</summary>
    /// <param name="kind">The kernel's name of the device's kind.</param>
    /// <param name="settings">The type of the tunnel and its checksum.</param>
    internal static int Overhead(string kind, LvsVipSettings settings)
    {
        const int Gre = 4;
        const int GreChecksum = 4;
        const int UdpAndGue = 8 + 4;
        const int RemoteChecksum = 8;
        bool hasChecksum = settings.TunnelChecksum != LvsTunnelChecksum.None;
        int outer = kind is "ip6tnl" or "ip6gre" ? 40 : 20;
        return outer + settings.TunnelType switch
        {
            LvsTunnelType.Gre => Gre + (hasChecksum ? GreChecksum : 0),
            LvsTunnelType.Gue => UdpAndGue + (settings.TunnelChecksum == LvsTunnelChecksum.Remote ? RemoteChecksum : 0),
            _ => 0,
        };
    }

    private static void PlanDevice(VipPlanBuilder plan, TunnelDevice device, HostInterface? target)
    {
        string key = TunnelSteps.DeviceKey(device.Name);
        if (target is not null)
        {
            plan.Rely(key);
        }
        else if (device.IsOwn)
        {
            plan.AddRemembered(TunnelSteps.AddDevice(plan.Host, device.Name, device.Arguments), key);
        }
        else
        {
            plan.Add(TunnelSteps.LoadModule(plan.Host, device.Module, device.Name));
        }
    }

    private static async ValueTask PlanPortAsync(VipPlanBuilder plan, LvsAddressFamily outer, int port, CancellationToken cancellationToken)
    {
        IReadOnlyList<(LvsAddressFamily Outer, int Port, bool IsGue)>? ports = await TunnelSteps.ReadPortsAsync(plan.Host, cancellationToken).ConfigureAwait(false);
        string key = TunnelSteps.PortKey(outer, port);
        if (ports is null)
        {
            plan.Add(TunnelSteps.LoadModule(plan.Host, TunnelSteps.GueModule, null));
        }
        else if (ports.Contains((outer, port, true)))
        {
            plan.Rely(key);
            return;
        }
        else if (ports.Contains((outer, port, false)))
        {
            throw new LvsHostException(
                LvsHostError.PortInUse,
                string.Create(CultureInfo.InvariantCulture, $"UDP port {port} of {plan.Host.Name} receives another kind of encapsulation than GUE: see 'ip fou show', and choose another port here and at the director."));
        }

        plan.AddRemembered(TunnelSteps.OpenPort(plan.Host, outer, port), key);
    }

    private static void RequireSuitable(VipPlanBuilder plan, LvsVipSettings settings, HostInterface target, LvsAddressFamily inner, LvsAddressFamily outer)
    {
        bool isGre = target.Kind is "gre" or "ip6gre";
        string? reason = target switch
        {
            { IsTunnel: false } => "is no tunnel: name one of the kinds ipip, sit, gre, ip6tnl or ip6gre, or none for the kernel's own",
            _ when target.OuterFamily != outer => $"receives packets that are wrapped in {target.OuterFamily}, and the director wraps them in {outer}",
            _ when isGre != (settings.TunnelType == LvsTunnelType.Gre) => $"is of the kind {target.Kind}, which does not receive {settings.TunnelType}",
            _ when isGre && target.ExpectsChecksum != (settings.TunnelChecksum != LvsTunnelChecksum.None) =>
                $"takes only packets {(target.ExpectsChecksum ? "with" : "without")} a GRE checksum",
            { Kind: "ip6tnl", Protocol: not ("any" or "ip6ip6") } when inner == LvsAddressFamily.IPv6 => "takes IPv4 packets only",
            { Kind: "ip6tnl", Protocol: not ("any" or "ipip6" or "ip4ip6") } when inner == LvsAddressFamily.IPv4 => "takes IPv6 packets only: it needs the mode any",
            { Kind: "ipip" } when inner == LvsAddressFamily.IPv6 => "takes IPv4 packets only: IPv6 in IPv4 needs the kind sit",
            { Kind: "sit" } when inner == LvsAddressFamily.IPv4 => "takes IPv6 packets only: IPv4 in IPv4 needs the kind ipip",
            _ => null,
        };
        if (reason is not null)
        {
            throw new LvsHostException(LvsHostError.InterfaceUnsuitable, $"Interface {target.Name} of {plan.Host.Name} {reason}.");
        }
    }

    private static LvsAddress OnlyAddress(VipPlanBuilder plan, LvsAddressFamily family) => OwnAddresses(plan.State, family) switch
    {
        [var only] => only,
        var several => throw new LvsHostException(
            LvsHostError.RealServerAddressUnclear,
            $"The tunnel device has to be bound to the address under which the director knows {plan.Host.Name}, which has {(several.Length == 0 ? $"no {family} address" : string.Join(", ", several))}: name it by -RealServerAddress."),
    };

    private static LvsAddress[] OwnAddresses(RealServerState state, LvsAddressFamily family) =>
    [
        .. from each in state.Interfaces
           where each is { IsLoopback: false, IsTunnel: false } && !each.IsSilent
           from held in each.Addresses
           where held.Address.Family == family && held is { Scope: "global", IsDeprecated: false }
           select held.Address,
    ];

    private static string FreeName(RealServerState state, string name) =>
        state.Find(name) is null ? name : Enumerable.Range(1, int.MaxValue).Select(number => $"{name}-{number}").First(each => state.Find(each) is null);
}
