using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>What tells a service from others in a kernel. A mark of 0 is no mark: such a service is one of TCP, of the address and the port that it came with.</summary>
/// <param name="Family">The address family.</param>
/// <param name="Mark">The firewall mark; 0 for none.</param>
/// <param name="Protocol">Any number: the kernel judges none.</param>
/// <param name="Address">The address; of another family's length never.</param>
/// <param name="Port">The port.</param>
internal readonly record struct ServiceKey(ushort Family, uint Mark, ushort Protocol, UInt128 Address, ushort Port)
{
    internal const ushort Tcp = 6;

    internal static ServiceKey Of(LvsServiceId id) => id.FirewallMark is { } mark
        ? new ServiceKey((ushort)id.AddressFamily, mark, Tcp, 0, 0)
        : new ServiceKey((ushort)id.AddressFamily, 0, (ushort)id.Protocol!.Value, ServerKey.Bits(id.Address!.Value), id.Port!.Value);
}
