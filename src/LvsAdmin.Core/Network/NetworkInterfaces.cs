using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>The network interfaces of a host.</summary>
public static class NetworkInterfaces
{
    /// <summary>The error of an interface that was named and does not exist.</summary>
    internal static LvsHostException Missing(ILvsHost host, string name, IEnumerable<string> existing, string remedy = "") => new(
        LvsHostError.InterfaceMissing, $"There is no interface '{name}' on {host.Name}. It has: {string.Join(", ", existing)}.{remedy}");

    /// <summary>The names of the interfaces in the host's network namespace, in the kernel's order, from /proc/net/dev.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<string>> ListAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        List<string> names = [];
        await foreach (string line in host.ReadLinesAsync("/proc/net/dev", cancellationToken).ConfigureAwait(false))
        {
            // Two lines of heading have bars; then "  eth0: 1296 ...". A name has no colon (dev_valid_name, net/core/dev.c).
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && !line.Contains('|', StringComparison.Ordinal))
            {
                names.Add(line[..colon].Trim());
            }
        }

        return names;
    }
}
