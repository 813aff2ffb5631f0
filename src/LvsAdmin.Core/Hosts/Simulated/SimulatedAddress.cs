using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>An address of a simulated interface.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The length of its network.</param>
/// <param name="Scope">global, link or host.</param>
/// <param name="Label">The label of an IPv4 address; null for the interface's name.</param>
/// <param name="Broadcast">The broadcast address; null for none.</param>
/// <param name="IsDeprecated">Whether the host's own connections avoid it.</param>
/// <param name="IsUnchecked">Whether it was added without asking for duplicates.</param>
internal sealed record SimulatedAddress(
    LvsAddress Address, int PrefixLength, string Scope, string? Label, LvsAddress? Broadcast, bool IsDeprecated, bool IsUnchecked)
{
    internal string Prefix => $"{Address}/{PrefixLength}";

    /// <summary>Whether another address is in the same network.</summary>
    internal bool Contains(LvsAddress other)
    {
        if (other.Family != Address.Family)
        {
            return false;
        }

        UInt128 mask = PrefixLength == 0 ? 0 : UInt128.MaxValue << (128 - PrefixLength);
        return ((ServerKey.Bits(Address) ^ ServerKey.Bits(other)) & mask) == 0;
    }

    /// <summary>Whether an IPv4 address is the last one of the network, to which broadcasts go.</summary>
    internal bool IsBroadcastOf(LvsAddress other) =>
        Address.Family == LvsAddressFamily.IPv4 && PrefixLength < 31 && Contains(other)
        && (uint)(ServerKey.Bits(other) >> 96) == ((uint)(ServerKey.Bits(Address) >> 96) | (uint.MaxValue >> PrefixLength));
}
