using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// What makes sense, beyond what the kernel checks. ip_vs_ctl.c takes much in silence that cannot work (port 0 without persistence, one-packet
/// scheduling for TCP, tunnel values without a tunnel), and refuses the rest with a bare EINVAL; here each rule has a name and a reason.
/// </summary>
public static class IpvsValidation
{
    /// <summary>Judges the settings of a virtual service.</summary>
    /// <returns>Warnings: what works, but hardly as meant.</returns>
    /// <exception cref="LvsValidationException">It cannot work.</exception>
    public static IReadOnlyList<string> Check(VirtualServiceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ThrowFirst(Breaches(settings));
        return Warnings(settings);
    }

    /// <summary>Judges the settings of a real server in a service.</summary>
    /// <returns>Warnings: what works, but hardly as meant.</returns>
    /// <exception cref="LvsValidationException">It cannot work.</exception>
    public static IReadOnlyList<string> Check(LvsServiceId service, RealServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(settings);
        ThrowFirst(Breaches(service, settings));
        return Warnings(service, settings);
    }

    /// <summary>Judges a change of a virtual service. What was so before the change, by another tool's doing, is only warned of.</summary>
    /// <returns>Warnings.</returns>
    /// <exception cref="LvsValidationException">The change breaks a rule.</exception>
    public static IReadOnlyList<string> CheckChange(VirtualServiceSettings current, VirtualServiceSettings desired)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(desired);
        return [.. CheckChange(Breaches(current), Breaches(desired)), .. Warnings(desired)];
    }

    /// <summary>Judges a change of a real server. What was so before the change, by another tool's doing, is only warned of.</summary>
    /// <returns>Warnings.</returns>
    /// <exception cref="LvsValidationException">The change breaks a rule.</exception>
    public static IReadOnlyList<string> CheckChange(LvsServiceId service, RealServerSettings current, RealServerSettings desired)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(desired);
        return [.. CheckChange(Breaches(service, current), Breaches(service, desired)), .. Warnings(service, desired)];
    }

    /// <summary>Judges what is asked of a synchronisation daemon.</summary>
    /// <exception cref="LvsValidationException">It cannot work.</exception>
    public static void Check(LvsSyncDaemon daemon)
    {
        ArgumentNullException.ThrowIfNull(daemon);
        if (!Enum.IsDefined(daemon.Role))
        {
            throw Refusal("SyncRoleInvalid", $"{(int)daemon.Role} is no role of a sync daemon. Use Master or Backup.");
        }

        // IFNAMSIZ is 16 with its end.
        if (daemon.Interface.Length is 0 or > 15 || daemon.Interface.Any(c => char.IsWhiteSpace(c) || c is '/' or '\0'))
        {
            throw Refusal("InterfaceNameInvalid", $"'{daemon.Interface}' is no name of a network interface: 1 to 15 characters without spaces and slashes.");
        }

        if (daemon.MulticastGroup is { IsMulticast: false } group)
        {
            throw Refusal("GroupNotMulticast", $"{group} is no multicast group. The kernel's default is 224.0.0.81; IPv6 groups begin with ff.");
        }

        if (daemon is { MulticastPort: 0 } or { MulticastTtl: 0 } or { MaximumLength: 0 })
        {
            throw Refusal("SyncDaemonValueInvalid", "Port, time to live and message length of a sync daemon are at least 1; leave one out for the kernel's default.");
        }
    }

    /// <summary>A weight as the kernel has it.</summary>
    /// <param name="server">The server whose weight it is, for the message.</param>
    /// <param name="weight">0 to 2147483647.</param>
    /// <exception cref="LvsValidationException">The weight is out of range.</exception>
    public static int ToWeight(LvsServerId server, long weight) => IsWeight(weight) ? (int)weight : throw WeightRefusal(server, weight);

    private static bool IsWeight(long weight) => weight is >= 0 and <= RealServerSettings.MaximumWeight;

    private static LvsValidationException WeightRefusal(LvsServerId server, long weight) => Refusal(
        "WeightOutOfRange", $"{server}: a weight of {weight} is out of range: it is 0 (no new connections) to {RealServerSettings.MaximumWeight}.");

    private static void ThrowFirst(IEnumerable<LvsValidationException> breaches)
    {
        if (breaches.FirstOrDefault() is { } breach)
        {
            throw breach;
        }
    }

    // All breaches are looked at, for one that was there before may stand before one that the change brings.
    private static IEnumerable<string> CheckChange(IEnumerable<LvsValidationException> before, IEnumerable<LvsValidationException> after)
    {
        HashSet<string> known = [.. before.Select(breach => breach.Id)];
        List<LvsValidationException> breaches = [.. after];
        return breaches.Find(breach => !known.Contains(breach.Id)) is { } added ? throw added : breaches.Select(breach => breach.Message);
    }

    /// <summary>All rules that the settings of a virtual service break.</summary>
    internal static IEnumerable<LvsValidationException> Breaches(VirtualServiceSettings settings)
    {
        LvsServiceId id = settings.VirtualService;
        if (id.Protocol is { } protocol && !Enum.IsDefined(protocol))
        {
            yield return Refusal("ProtocolNotSupported", $"{id}: protocol {(int)protocol} is none that IPVS schedules. Use tcp, udp or sctp.");
        }

        if (id.Address is { } address && (address.IsUnspecified || address.IsMulticast || address.IsBroadcast))
        {
            yield return Refusal("AddressNotUnicast", $"{id}: {address} can be no virtual IP. A virtual service needs the unicast address that clients use.");
        }

        if (!IsName(settings.Scheduler))
        {
            yield return NameRefusal(settings.Scheduler, "SchedulerNameInvalid", "scheduler", id);
        }

        foreach (LvsValidationException breach in PersistenceBreaches(settings))
        {
            yield return breach;
        }

        if (settings.OnePacket && id.Protocol is not (null or LvsProtocol.Udp))
        {
            yield return Refusal("OnePacketNeedsUdp", $"{id}: one-packet scheduling sends every packet to another server, which breaks {id.Protocol} connections. It is for UDP.");
        }

        if (settings.SchedulerFlags.Scheduler is { } owner && owner != settings.Scheduler)
        {
            yield return Refusal(
                "SchedulerFlagMismatch",
                $"{id}: the flags {settings.SchedulerFlags} belong to the scheduler {owner}, and the service's is {settings.Scheduler}. Use -Scheduler {owner}, or other flags.");
        }
    }

    /// <summary>What works in the settings of a virtual service, but hardly as meant.</summary>
    internal static IReadOnlyList<string> Warnings(VirtualServiceSettings settings)
    {
        LvsServiceId id = settings.VirtualService;
        List<string> warnings = [];
        if (!settings.SchedulerFlags.IsEmpty && settings.Scheduler is not ("sh" or "mh"))
        {
            warnings.Add($"{id}: the scheduler {settings.Scheduler} knows no flags; {settings.SchedulerFlags} will do nothing.");
        }

        if (settings.OnePacket && id.FirewallMark is not null)
        {
            warnings.Add($"{id}: one-packet scheduling breaks TCP connections; mark only UDP packets for this service.");
        }

        if (settings.Scheduler == "none")
        {
            warnings.Add($"{id}: without a scheduler the service takes no connections.");
        }

        return warnings;
    }

    /// <summary>All rules that the settings of a real server break.</summary>
    internal static IEnumerable<LvsValidationException> Breaches(LvsServiceId service, RealServerSettings settings)
    {
        string subject = $"{settings.RealServer} in {service}";
        IEnumerable<LvsValidationException> weight =
            IsWeight(settings.Weight) ? [] : [WeightRefusal(settings.RealServer, settings.Weight)];
        return [.. ForwardingBreaches(service, settings, subject), .. TunnelBreaches(settings, subject), .. weight, .. ThresholdBreaches(settings, subject)];
    }

    /// <summary>What works in the settings of a real server, but hardly as meant.</summary>
    internal static IReadOnlyList<string> Warnings(LvsServiceId service, RealServerSettings settings)
    {
        string subject = $"{settings.RealServer} in {service}";
        List<string> warnings = [];
        if (service.Port is > 0 && settings.RealServer.Port != service.Port && settings.Forwarding != LvsForwardingMethod.Nat)
        {
            warnings.Add(
                $"{subject}: with {settings.Forwarding} the port of a packet is never rewritten, so the server gets it on port {service.Port}, not {settings.RealServer.Port}. Only Nat translates ports.");
        }

        if (settings.RealServer.Address == service.Address)
        {
            warnings.Add($"{subject}: the server's address is the virtual IP itself, so the director would serve it. A real server needs an address of its own.");
        }

        return warnings;
    }

    private static IEnumerable<LvsValidationException> PersistenceBreaches(VirtualServiceSettings settings)
    {
        LvsServiceId id = settings.VirtualService;
        if (settings.PersistenceTimeout is { } timeout)
        {
            if (timeout is 0 or > VirtualServiceSettings.MaximumPersistenceTimeout)
            {
                yield return Refusal(
                    "PersistenceTimeoutOutOfRange",
                    $"{id}: a persistence timeout of {timeout} s is out of range: it is 1 to {VirtualServiceSettings.MaximumPersistenceTimeout} s. Leave it out ($null in Set-LvsVirtualService) for a service without persistence.");
            }
        }
        else if (id.Port == 0)
        {
            yield return Refusal(
                "PortZeroNeedsPersistence",
                $"{id}: port 0 stands for every port, which the kernel serves only for persistent services. Name a port, or add -PersistenceTimeout.");
        }
        else if (settings.PersistenceEngine is not null)
        {
            yield return Refusal("PersistenceEngineNeedsPersistence", $"{id}: a persistence engine does nothing without persistence. Add -PersistenceTimeout.");
        }

        int longest = id.AddressFamily == LvsAddressFamily.IPv6 ? 128 : 32;
        if (settings.PersistencePrefixLength is { } length)
        {
            if (length < 1 || length > longest)
            {
                yield return Refusal("PersistencePrefixOutOfRange", $"{id}: a persistence prefix length of {length} is out of range: it is 1 to {longest}.");
            }

            if (settings.PersistenceTimeout is null && length != longest)
            {
                yield return Refusal("PersistencePrefixNeedsPersistence", $"{id}: a persistence prefix length does nothing without persistence. Add -PersistenceTimeout.");
            }
        }

        if (settings.PersistenceEngine is { } engine && !IsName(engine))
        {
            yield return NameRefusal(engine, "PersistenceEngineNameInvalid", "persistence engine", id);
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= VirtualServiceSettings.MaximumNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static LvsValidationException NameRefusal(string name, string rule, string what, LvsServiceId id) => Refusal(
        rule, string.Create(CultureInfo.InvariantCulture, $"{id}: '{name}' is no name of a {what}: 1 to {VirtualServiceSettings.MaximumNameLength} letters, digits, '_' and '-'."));

    private static IEnumerable<LvsValidationException> ForwardingBreaches(LvsServiceId service, RealServerSettings settings, string subject)
    {
        if (!LvsForwarding.Choices.Contains(settings.Forwarding))
        {
            yield return Refusal(
                "ForwardingNotChoosable",
                $"{subject}: {settings.Forwarding} is set by the kernel itself. Choose DirectRouting, Tunnel or Nat; a server that is the director is delivered to locally whichever is chosen.");
        }

        if (settings.RealServer.Address.Family != service.AddressFamily && settings.Forwarding != LvsForwardingMethod.Tunnel)
        {
            yield return Refusal(
                "MixedFamilyNeedsTunnel",
                $"{subject}: an {settings.RealServer.Address.Family} server can serve an {service.AddressFamily} service only through a tunnel. Use -Forwarding Tunnel, or the server's {service.AddressFamily} address.");
        }
    }

    private static IEnumerable<LvsValidationException> TunnelBreaches(RealServerSettings settings, string subject)
    {
        bool plain = settings is { TunnelType: LvsTunnelType.Ipip, TunnelPort: 0, TunnelChecksum: LvsTunnelChecksum.None };
        if (settings.Forwarding != LvsForwardingMethod.Tunnel && !plain)
        {
            yield return Refusal("TunnelOptionNeedsTunnel", $"{subject}: tunnel type, port and checksum mean nothing with {settings.Forwarding}. Add -Forwarding Tunnel, or leave them out.");
        }

        if (!Enum.IsDefined(settings.TunnelType) || !Enum.IsDefined(settings.TunnelChecksum))
        {
            yield return Refusal("TunnelTypeInvalid", $"{subject}: tunnel type {settings.TunnelType} with checksum {settings.TunnelChecksum} is none that the kernel has. Use Ipip, Gue or Gre, and None, Checksum or Remote.");
        }

        if (settings is { TunnelType: LvsTunnelType.Gue, TunnelPort: 0 })
        {
            yield return Refusal("TunnelPortMissing", $"{subject}: GUE needs the UDP port on which the server receives it. Add -TunnelPort.");
        }

        if (settings.TunnelType != LvsTunnelType.Gue && settings.TunnelPort != 0)
        {
            yield return Refusal("TunnelPortNeedsGue", $"{subject}: only GUE has a port, and the tunnel is {settings.TunnelType}. Add -TunnelType Gue, or leave the port out.");
        }

        if (settings is { TunnelType: LvsTunnelType.Ipip, TunnelChecksum: not LvsTunnelChecksum.None }
            or { TunnelType: not LvsTunnelType.Gue, TunnelChecksum: LvsTunnelChecksum.Remote })
        {
            yield return Refusal("TunnelChecksumMismatch", $"{subject}: {settings.TunnelType} cannot have the checksum {settings.TunnelChecksum}. Checksum is for Gue and Gre, Remote for Gue.");
        }
    }

    private static IEnumerable<LvsValidationException> ThresholdBreaches(RealServerSettings settings, string subject)
    {
        if (settings.UpperThreshold > int.MaxValue || settings.LowerThreshold > int.MaxValue)
        {
            yield return Refusal("ThresholdOutOfRange", $"{subject}: a threshold is 0 to {int.MaxValue}.");
        }

        if (settings.LowerThreshold > settings.UpperThreshold)
        {
            yield return Refusal(
                "ThresholdsCrossed",
                $"{subject}: the lower threshold {settings.LowerThreshold} is above the upper one, {settings.UpperThreshold}. A server takes new connections again when it has fewer than the lower.");
        }
    }

    private static LvsValidationException Refusal(string id, string message) => new(id, message);
}
