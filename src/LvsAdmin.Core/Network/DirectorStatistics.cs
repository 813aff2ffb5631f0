using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads what passed through a director as a whole, from /proc/net/ip_vs_stats.</summary>
public static class DirectorStatistics
{
    /// <summary>Reads totals and rates of the director.</summary>
    /// <exception cref="LvsHostException">ip_vs is not loaded (ModuleNotLoaded), the file cannot be understood (BadReply), or the host cannot be read.</exception>
    public static ValueTask<LvsStatistics> ReadAsync(ILvsHost host, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
