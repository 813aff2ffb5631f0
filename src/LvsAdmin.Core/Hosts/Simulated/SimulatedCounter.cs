namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A counter that is set to zero by remembering where it stood, as the kernel does it (ip_vs_zero_stats).</summary>
internal sealed class SimulatedCounter
{
    private ulong _total;
    private ulong _zero;

    internal ulong Value => _total - _zero;

    internal void Add(ulong count) => _total += count;

    internal void Zero() => _zero = _total;
}
