using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>What IPVS asks the rest of the kernel.</summary>
internal interface ISimulatedNetwork
{
    /// <summary>The MTU of an interface; null when there is none of that name.</summary>
    int? FindMtu(string name);

    /// <summary>Whether an IPv4 address is a broadcast one of a network that the host is in.</summary>
    bool IsBroadcast(LvsAddress address);

    /// <summary>Whether an IPv6 address is one of the host's own.</summary>
    bool IsLocal(LvsAddress address);
}
