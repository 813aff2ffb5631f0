using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads what passed through a director as a whole, from /proc/net/ip_vs_stats.</summary>
public static class DirectorStatistics
{
    private const string FilePath = "/proc/net/ip_vs_stats";

    /// <summary>Reads totals and rates of the director. The kernel adds up every two seconds, so the totals may lack what passed since.</summary>
    /// <exception cref="LvsHostException">ip_vs is not loaded (ModuleNotLoaded), the file cannot be understood (BadReply), or the host cannot be read.</exception>
    public static async ValueTask<LvsStatistics> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        await KernelModules.RequireIpvsAsync(host, cancellationToken).ConfigureAwait(false);
        string text = await host.ReadFileAsync(FilePath, cancellationToken).ConfigureAwait(false) ?? string.Empty;
        // Each number line stands below its heading: five totals, then five rates, in hexadecimal (ip_vs_stats_show, ip_vs_ctl.c).
        ulong[][] rows = [.. text.Split('\n').Select(Numbers).OfType<ulong[]>()];
        return rows is [[var connections, var packetsIn, var packetsOut, var bytesIn, var bytesOut],
            [var connectionRate, var packetRateIn, var packetRateOut, var byteRateIn, var byteRateOut]]
            ? new LvsStatistics
            {
                Connections = connections,
                IncomingPackets = packetsIn,
                OutgoingPackets = packetsOut,
                IncomingBytes = bytesIn,
                OutgoingBytes = bytesOut,
                ConnectionsPerSecond = connectionRate,
                IncomingPacketsPerSecond = packetRateIn,
                OutgoingPacketsPerSecond = packetRateOut,
                IncomingBytesPerSecond = byteRateIn,
                OutgoingBytesPerSecond = byteRateOut,
            }
            : throw new LvsHostException(
                LvsHostError.BadReply, $"{FilePath} on {host.Name} does not hold five totals and five rates: '{text.ReplaceLineEndings(" | ").Trim()}'");
    }

    private static ulong[]? Numbers(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ulong[] numbers = new ulong[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!ulong.TryParse(words[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return numbers.Length == 0 ? null : numbers;
    }
}
