using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Which addresses programs listen on, from /proc/net/tcp and its kin (proc(5)).</summary>
internal static class Listeners
{
    // States of sockets in /proc/net/tcp (include/net/tcp_states.h).
    private const string Listen = "0A";

    /// <summary>The addresses on which programs take what comes to a port; null where it cannot be known.</summary>
    /// <param name="readFile">Reads a file of the host; null when there is none.</param>
    /// <param name="protocol">TCP or UDP; of SCTP nothing is known.</param>
    /// <param name="family">The family of the packets.</param>
    /// <param name="port">The port.</param>
    internal static async ValueTask<IReadOnlyList<LvsAddress>?> ReadAsync(Func<string, ValueTask<string?>> readFile, LvsProtocol protocol, LvsAddressFamily family, int port)
    {
        if (protocol == LvsProtocol.Sctp)
        {
            return null;
        }

        string name = protocol.ToString().ToLowerInvariant();
        bool isKnown = false;
        List<LvsAddress> addresses = [];
        // An IPv6 socket on the wildcard takes IPv4 too, unless its program said otherwise; which, nobody can see from outside.
        foreach (string table in family == LvsAddressFamily.IPv4 ? [name, $"{name}6"] : new[] { $"{name}6" })
        {
            string? text = await readFile($"/proc/net/{table}").ConfigureAwait(false);
            isKnown |= text is not null;
            foreach (string line in (text ?? string.Empty).Split('\n').Skip(1))
            {
                // "  0: 0100007F:0050 00000000:0000 0A ...": number, own address and port, the other's, state; UDP has no state of listening.
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var own, _, var state, ..]
                    && own.Split(':') is [var address, var number]
                    && (protocol == LvsProtocol.Udp || state == Listen)
                    && int.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port
                    && SocketAddress.Parse(address) is { } bound
                    && (bound.Family == family || bound.IsUnspecified))
                {
                    addresses.Add(bound);
                }
            }
        }

        return isKnown ? addresses : null;
    }

    /// <summary>Whether what comes to an address is taken: by a program that listens on it, or on all.</summary>
    internal static bool Take(this IReadOnlyList<LvsAddress> listeners, LvsAddress address) => listeners.Any(bound => bound.IsUnspecified || bound == address);
}
