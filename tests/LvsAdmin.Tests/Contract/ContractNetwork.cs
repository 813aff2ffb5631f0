using LvsAdmin.Core.Hosts.Simulated;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Contract;

/// <summary>The network of the namespace in which the real kernel is asked: lo, and dummy0 with 192.0.2.1/24.</summary>
internal sealed class ContractNetwork : ISimulatedNetwork
{
    public int? FindMtu(string name) => name switch
    {
        "lo" => 65536,
        "dummy0" => 1500,
        _ => null,
    };

    public bool IsBroadcast(LvsAddress address) => $"{address}" is "127.255.255.255" or "192.0.2.255";

    public bool IsLocal(LvsAddress address) => $"{address}" is "::1" or "127.0.0.1" or "192.0.2.1";
}
