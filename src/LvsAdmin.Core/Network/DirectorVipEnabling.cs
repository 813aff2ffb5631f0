using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to give a VIP to a director.</summary>
internal static class DirectorVipEnabling
{
    internal static async ValueTask<LvsVipPlan> PlanAsync(
        ILvsHost host, LvsAddress vip, LvsDirectorVipSettings settings, CancellationToken cancellationToken)
    {
        int prefixLength = settings.PrefixLength ?? vip.BitLength;
        if (settings.IsPersistent)
        {
            PersistenceDetection.RequireOwnNamespace(host);
        }

        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        HostInterface? holder = RequireNoConflict(host, interfaces, vip, settings.Interface, prefixLength);
        DirectorVipMemory memory = await DirectorVipMemory.OpenAsync(host, vip, cancellationToken).ConfigureAwait(false);
        if (settings.IsAnnounced && vip.Family == LvsAddressFamily.IPv6)
        {
            throw new LvsValidationException(
                "AnnouncementNeedsIPv4", $"{vip} cannot be announced again: the kernel announces an IPv6 address when it is added. Disable-LvsDirectorVip {vip} and enable it again.");
        }

        if (holder is not null && !memory.IsUnannounced && !(settings.IsAnnounced && holder.HearsArp))
        {
            return new LvsVipPlan(await PlanPersistentAsync(host, vip, settings, holder.Name, cancellationToken).ConfigureAwait(false), []);
        }

        HostInterface target = holder ?? Choose(host, interfaces, vip, settings.Interface);
        if (!target.IsUp)
        {
            throw new LvsHostException(
                LvsHostError.InterfaceUnsuitable, $"Interface {target.Name} of {host.Name} is down, so nobody would hear of {vip}: ip link set dev {target.Name} up.");
        }

        bool isV6 = vip.Family == LvsAddressFamily.IPv6;
        if (isV6)
        {
            await Ipv6Settings.RequireAsync(host, target.Name, cancellationToken).ConfigureAwait(false);
        }

        List<string> warnings = [];
        DirectorNeighbours.Answer? answer = target.HearsArp && (holder is null || !isV6)
            ? await DirectorNeighbours.AskAsync(host, target.Name, vip, cancellationToken).ConfigureAwait(false)
            : null;
        Judge(host, target, vip, answer, settings.TakeOver, warnings);
        InterfaceAddress address = new(vip, prefixLength, "global") { IsDeprecated = isV6 };
        IReadOnlyList<HostChange> changes = (isV6, target.HearsArp) switch
        {
            (_, false) => [memory.RememberingAddress(VipSteps.AddAddress(host, target.Name, address), target.Name, address, isAnnounced: false)],
            (true, _) => await PlanV6Async(host, memory, target.Name, address, holder is not null, cancellationToken).ConfigureAwait(false),
            _ => PlanV4(host, memory, target.Name, address, holder is not null, answer?.Arping),
        };
        return new LvsVipPlan([.. changes, .. await PlanPersistentAsync(host, vip, settings, target.Name, cancellationToken).ConfigureAwait(false)], warnings);
    }

    private static async ValueTask<IReadOnlyList<HostChange>> PlanPersistentAsync(
        ILvsHost host, LvsAddress vip, LvsDirectorVipSettings settings, string interfaceName, CancellationToken cancellationToken)
    {
        if (!settings.IsPersistent)
        {
            return [];
        }

        PersistentVip persistent = new()
        {
            Address = vip,
            Purpose = DirectorVips.Purpose,
            Persistence = settings.Persistence ?? await PersistentVips.DetectAsync(host, interfaceName, cancellationToken).ConfigureAwait(false),
            Interface = interfaceName,
            Held = new PersistentAddress { PrefixLength = settings.PrefixLength ?? vip.BitLength, IsDeprecated = vip.Family == LvsAddressFamily.IPv6 },
        };
        return await PersistentVips.PlanAddAsync(host, persistent, cancellationToken).ConfigureAwait(false);
    }

    // The interface that holds the VIP as it is wanted already; null where nobody holds it.
    private static HostInterface? RequireNoConflict(
        ILvsHost host, IReadOnlyList<HostInterface> interfaces, LvsAddress vip, string? interfaceName, int prefixLength)
    {
        HostInterface? found = null;
        foreach ((HostInterface holder, InterfaceAddress held) in HostInterface.Holders(interfaces, vip))
        {
            string where = $"{held.Address}/{held.PrefixLength} is on interface {holder.Name} of {host.Name} already";
            string? conflict = held switch
            {
                _ when holder.HoldsAsVip(held) && holder.Name != interfaceName =>
                    $"{where}, where nobody is answered for it: the host is a real server for it. Disable-LvsRealServerVip {vip} takes it away; a director has to answer.",
                _ when interfaceName is not null && holder.Name != interfaceName => $"{where}. Disable-LvsDirectorVip {vip} takes it away there.",
                _ when held.PrefixLength != prefixLength =>
                    $"{where}, with another prefix than /{prefixLength}. Services can use it as it is (-PrefixLength {held.PrefixLength}); for the other prefix, remove it first: ip address delete {vip}/{held.PrefixLength} dev {holder.Name}.",
                { IsDeprecated: false, Address.Family: LvsAddressFamily.IPv6 } when held.IsHostPrefix =>
                    $"{where}, but not deprecated: the director would speak from it, and real servers drop tunnelled packets that do. Remove it and enable it again: ip address delete {vip}/{held.PrefixLength} dev {holder.Name}.",
                _ => null,
            };
            if (conflict is not null)
            {
                throw new LvsHostException(LvsHostError.AddressConflict, conflict);
            }

            found = holder;
        }

        return found;
    }

    private static HostInterface Choose(ILvsHost host, IReadOnlyList<HostInterface> interfaces, LvsAddress vip, string? interfaceName)
    {
        if (interfaceName is not null)
        {
            return interfaces.FirstOrDefault(each => each.Name == interfaceName) ?? throw NetworkInterfaces.Missing(host, interfaceName, interfaces.Select(each => each.Name));
        }

        // The narrowest network that the VIP lies in, among those that are on a link.
        (HostInterface Interface, int Length)[] links =
        [
            .. from each in interfaces
               where each.HearsArp
               from held in each.Addresses
               where !held.IsHostPrefix && held.Scope == "global" && held.Contains(vip)
               orderby held.PrefixLength descending
               select (each, held.PrefixLength),
        ];
        string[] best = [.. links.Where(link => link.Length == links[0].Length).Select(link => link.Interface.Name).Distinct()];
        return best.Length == 1 ? links[0].Interface : throw new LvsHostException(
            LvsHostError.InterfaceMissing,
            best.Length == 0
                ? $"No interface of {host.Name} that is up has a network with {vip} in it: name the one that its clients' packets arrive on (-Interface)."
                : $"{vip} lies on the links of {string.Join(" and ", best)} of {host.Name}: name the one that shall hold it (-Interface).");
    }

    private static void Judge(ILvsHost host, HostInterface target, LvsAddress vip, DirectorNeighbours.Answer? answer, bool takeOver, List<string> warnings)
    {
        if (answer?.MacAddress is { } mac)
        {
            warnings.Add(takeOver
                ? $"{vip} is taken over from {mac} on the link of {target.Name}, which goes on to answer for it until it is stopped."
                : throw new LvsHostException(
                    LvsHostError.AddressInUse,
                    $"{mac} on the link of {target.Name} of {host.Name} answers for {vip}: another director, or a real server that is not silent (Test-LvsArpPolicy there). To take it over all the same: -Force."));
        }

        if (answer is { WasAsked: false })
        {
            warnings.Add($"Whether another host has {vip} could not be asked: that needs {(vip.Family == LvsAddressFamily.IPv4 ? "arping (package iputils-arping, or iputils) or " : string.Empty)}iproute2 5.16 or later on {host.Name}.");
        }

        if (answer is { Arping: null } && vip.Family == LvsAddressFamily.IPv4)
        {
            warnings.Add($"{host.Name} has no arping that could announce {vip} (package iputils-arping, in some distributions iputils): neighbours that knew it elsewhere learn it only when their entries have expired.");
        }
    }

    private static List<HostChange> PlanV4(
        ILvsHost host, DirectorVipMemory memory, string interfaceName, InterfaceAddress address, bool isPresent, IReadOnlyList<string>? arping)
    {
        List<HostChange> changes = [];
        if (!isPresent)
        {
            changes.Add(memory.RememberingAddress(VipSteps.AddAddress(host, interfaceName, address), interfaceName, address, arping is not null));
        }

        if (arping is not null)
        {
            changes.Add(memory.Announced(DirectorNeighbours.Announce(host, arping, interfaceName, address.Address)));
        }

        return changes;
    }

    // The kernel announces an IPv6 address itself when it has found no duplicate of it and ndisc_notify is on; but not one that was added without the search
    // (nodad; addrconf_dad_begin, net/ipv6/addrconf.c). The neighbours were asked before, so the search is switched off for the moment (accept_dad).
    private static async ValueTask<List<HostChange>> PlanV6Async(
        ILvsHost host, DirectorVipMemory memory, string interfaceName, InterfaceAddress address, bool isPresent, CancellationToken cancellationToken)
    {
        IReadOnlyList<DirectorVipMemory.Leftover> leftovers = await memory.FindLeftoversAsync(cancellationToken).ConfigureAwait(false);
        List<HostChange> changes = [.. leftovers.Select(each => each.Restoring)];
        if (isPresent)
        {
            changes.Add(VipSteps.RemoveAddress(host, interfaceName, address));
        }

        List<HostChange> restoring = [];
        bool notifies = await ValueAsync(Ipv4Settings.All, Ipv6Settings.NeighbourNotify).ConfigureAwait(false) == 1;
        foreach ((string name, string setting, int wanted) in new[]
        {
            (Ipv4Settings.All, Ipv6Settings.AcceptDad, 0),
            (interfaceName, Ipv6Settings.AcceptDad, 0),
            (interfaceName, Ipv6Settings.NeighbourNotify, 1),
        })
        {
            int value = await ValueAsync(name, setting).ConfigureAwait(false);
            if (setting == Ipv6Settings.AcceptDad ? value > wanted : value != wanted && !notifies)
            {
                changes.Add(memory.RememberingSetting(Ipv6Settings.Change(host, name, setting, value, wanted), Ipv6Settings.PathOf(name, setting)));
                restoring.Insert(0, Ipv6Settings.Change(host, name, setting, wanted, value));
            }
        }

        changes.Add(memory.RememberingAddress(DirectorNeighbours.AddAnnounced(host, interfaceName, address), interfaceName, address, isAnnounced: true));
        changes.AddRange(restoring);
        changes[^1] = memory.Announced(changes[^1]);
        return changes;

        async ValueTask<int> ValueAsync(string name, string setting) =>
            leftovers.FirstOrDefault(each => each.Interface == name && each.Setting == setting)?.Before
            ?? await Ipv6Settings.ReadAsync(host, name, setting, cancellationToken).ConfigureAwait(false)
            ?? 0;
    }
}
