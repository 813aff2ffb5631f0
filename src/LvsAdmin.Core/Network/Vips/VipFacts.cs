using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>How a VIP was enabled, as it is written down with it: what the kernel's state alone does not tell, such as which of two tunnel types is meant.</summary>
internal static class VipFacts
{
    private const string Forwarding = "forwarding";
    private const string ArpInterfaces = "arpInterfaces";
    private const string RealServerAddress = "realServerAddress";
    private const string TunnelType = "tunnelType";
    private const string TunnelPort = "tunnelPort";
    private const string TunnelChecksum = "tunnelChecksum";
    private const string Director = "director";
    private const string Route = "route";
    private const string OwnerPrefix = "vip ";

    /// <summary>The name under which changes for a VIP are remembered.</summary>
    internal static string OwnerOf(LvsAddress vip) => $"{OwnerPrefix}{vip}";

    /// <summary>The VIP of an owner; null for an owner that is none.</summary>
    internal static LvsAddress? VipOf(string owner) =>
        owner.StartsWith(OwnerPrefix, StringComparison.Ordinal) && LvsAddress.TryParse(owner[OwnerPrefix.Length..], out LvsAddress vip, out _) ? vip : null;

    internal static Dictionary<string, string> Write(LvsVipSettings settings)
    {
        Dictionary<string, string> facts = new() { [Forwarding] = $"{settings.Forwarding}" };
        Put(ArpInterfaces, string.Join(' ', settings.ArpInterfaces), string.Empty);
        Put(RealServerAddress, $"{settings.RealServerAddress}", string.Empty);
        if (settings.Forwarding == LvsForwardingMethod.Tunnel)
        {
            facts[TunnelType] = $"{settings.TunnelType}";
            Put(TunnelPort, settings.TunnelPort.ToString(CultureInfo.InvariantCulture), "0");
            Put(TunnelChecksum, $"{settings.TunnelChecksum}", nameof(LvsTunnelChecksum.None));
        }

        if (settings.Forwarding == LvsForwardingMethod.Nat)
        {
            facts[Director] = $"{settings.Director}";
            facts[Route] = $"{settings.Route}";
        }

        return facts;

        void Put(string name, string value, string nothing)
        {
            if (value != nothing)
            {
                facts[name] = value;
            }
        }
    }

    /// <summary>Reads them; what is missing or unknown is as if it had not been said.</summary>
    internal static LvsVipSettings Read(IReadOnlyDictionary<string, string> facts) => new()
    {
        Forwarding = Word(facts, Forwarding, LvsForwardingMethod.DirectRouting),
        ArpInterfaces = facts.GetValueOrDefault(ArpInterfaces)?.Split(' ') ?? [],
        RealServerAddress = Address(facts, RealServerAddress),
        TunnelType = Word(facts, TunnelType, LvsTunnelType.Ipip),
        TunnelPort = int.TryParse(facts.GetValueOrDefault(TunnelPort), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0,
        TunnelChecksum = Word(facts, TunnelChecksum, LvsTunnelChecksum.None),
        Director = Address(facts, Director),
        Route = Word(facts, Route, LvsNatRoute.Policy),
    };

    private static TWord Word<TWord>(IReadOnlyDictionary<string, string> facts, string name, TWord otherwise)
        where TWord : struct, Enum => Enum.TryParse(facts.GetValueOrDefault(name), out TWord word) ? word : otherwise;

    private static LvsAddress? Address(IReadOnlyDictionary<string, string> facts, string name) =>
        LvsAddress.TryParse(facts.GetValueOrDefault(name), out LvsAddress address, out _) ? address : null;
}
