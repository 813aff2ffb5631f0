using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>How a director reaches a real server: what the routing table, the interfaces and the neighbours say.</summary>
internal sealed record VipRoute
{
    // The kernel asks once a second (retrans_time_ms), and so twice within this.
    private static readonly TimeSpan NeighbourPatience = TimeSpan.FromMilliseconds(2500);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private const int DiscardPort = 9;

    /// <summary>The interface.</summary>
    internal required string Interface { get; init; }

    /// <summary>The router; null when the real server is on the link.</summary>
    internal string? Gateway { get; init; }

    /// <summary>Whether the real server is the director itself.</summary>
    internal bool IsLocal { get; init; }

    /// <summary>The address from which to ask, of the virtual IP's family: the director's own, and no virtual IP.</summary>
    internal required IPAddress Source { get; init; }

    /// <summary>Finds the way.</summary>
    /// <param name="host">The director.</param>
    /// <param name="address">The real server.</param>
    /// <param name="vip">The virtual IP, which decides the family of the source.</param>
    /// <param name="vips">All virtual IPs of the director, from which nothing must be asked.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="LvsProbeException">There is none.</exception>
    /// <exception cref="LvsHostException">The director cannot be asked.</exception>
    internal static async ValueTask<VipRoute> FindAsync(
        ILvsHost host, LvsAddress address, LvsAddress vip, IReadOnlySet<LvsAddress> vips, CancellationToken cancellationToken)
    {
        // That of a service of a firewall mark is not among them.
        vips = vips.Append(vip).ToHashSet();
        JsonElement[] routes;
        try
        {
            routes = await IpCommand.QueryAsync(host, cancellationToken, IpCommand.FamilyOption(address.Family), "-json", "route", "get", $"{address}").ConfigureAwait(false);
        }
        catch (LvsHostException failure) when (failure.Error == LvsHostError.Failed)
        {
            throw new LvsProbeException($"the director has no route to {address}", failure);
        }

        JsonElement route = routes.FirstOrDefault();
        if (IpCommand.Text(route, "dev") is not { } device)
        {
            throw new LvsProbeException($"the director has no route to {address}");
        }

        bool isLocal = IpCommand.Text(route, "type") == "local" || device == "lo";
        LvsAddress? preferred = LvsAddress.TryParse(IpCommand.Text(route, "prefsrc"), out LvsAddress source, out _) ? source : null;
        return new VipRoute
        {
            Interface = device,
            Gateway = IpCommand.Text(route, "gateway"),
            IsLocal = isLocal,
            Source = preferred is { } known && known.Family == vip.Family && !vips.Contains(known)
                ? known.ToIPAddress()
                : (await OwnAddressAsync(host, device, vip, vips, cancellationToken).ConfigureAwait(false)).ToIPAddress(),
        };
    }

    /// <summary>The MAC address of the real server, and of the interface; null where the link has none.</summary>
    /// <exception cref="LvsProbeException">The real server does not answer.</exception>
    internal async ValueTask<LinkAddresses> LinkAsync(ILvsHost host, LvsAddress address, CancellationToken cancellationToken)
    {
        JsonElement link = (await IpCommand.QueryAsync(host, cancellationToken, "-json", "link", "show", "dev", Interface).ConfigureAwait(false)).FirstOrDefault();
        int index = link.TryGetProperty("ifindex", out JsonElement number) ? number.GetInt32() : 0;
        if (IpCommand.Text(link, "link_type") != "ether")
        {
            return new LinkAddresses(index, null, null);
        }

        byte[] own = Mac(IpCommand.Text(link, "address")!);
        long began = Environment.TickCount64;
        bool isAsked = false;
        while (true)
        {
            JsonElement neighbour = (await IpCommand.QueryAsync(
                host, cancellationToken, IpCommand.FamilyOption(address.Family), "-json", "neigh", "show", "to", $"{address}", "dev", Interface).ConfigureAwait(false)).FirstOrDefault();
            if (IpCommand.Text(neighbour, "lladdr") is { } mac)
            {
                return new LinkAddresses(index, own, Mac(mac));
            }

            if (isAsked && Environment.TickCount64 - began > NeighbourPatience.TotalMilliseconds)
            {
                throw new LvsProbeException($"{address} answers no {(address.Family == LvsAddressFamily.IPv4 ? "ARP request" : "neighbour solicitation")} on {Interface}: it is not on this link, or down");
            }

            if (!isAsked)
            {
                // A packet, of which nothing is expected: the kernel has to find the neighbour for it.
                isAsked = true;
                IHostSocket socket = await host.OpenSocketAsync(
                    HostSocketRequest.To(new IPEndPoint(address.ToIPAddress(), DiscardPort), isStream: false), cancellationToken).ConfigureAwait(false);
                await using ConfiguredAsyncDisposable owned = socket.ConfigureAwait(false);
                await socket.SendAsync(new byte[1], cancellationToken).ConfigureAwait(false);
            }

            await Task.Delay(BetweenLooks, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<LvsAddress> OwnAddressAsync(ILvsHost host, string device, LvsAddress vip, IReadOnlySet<LvsAddress> vips, CancellationToken cancellationToken)
    {
        JsonElement[] links = await IpCommand.QueryAsync(host, cancellationToken, IpCommand.FamilyOption(vip.Family), "-json", "address", "show", "scope", "global").ConfigureAwait(false);
        IEnumerable<(string? Device, LvsAddress Address)> own =
            from link in links
            where link.ValueKind == JsonValueKind.Object && link.TryGetProperty("addr_info", out _)
            from each in link.GetProperty("addr_info").EnumerateArray()
            where !each.TryGetProperty("deprecated", out _) && !each.TryGetProperty("tentative", out _)
            let address = LvsAddress.TryParse(IpCommand.Text(each, "local"), out LvsAddress parsed, out _) ? parsed : default
            where address.Family == vip.Family && !vips.Contains(address)
            select (IpCommand.Text(link, "ifname"), address);
        (string? Device, LvsAddress Address)[] found = [.. own.OrderByDescending(each => each.Device == device)];
        return found.Length > 0
            ? found[0].Address
            : throw new LvsProbeException($"the director has no {vip.Family} address of its own beside its virtual IPs from which it could ask");
    }

    private static byte[] Mac(string text) => Convert.FromHexString(text.Replace(":", string.Empty, StringComparison.Ordinal));

    /// <summary>The ends of a link.</summary>
    /// <param name="Index">The index of the interface.</param>
    /// <param name="Own">Its MAC address; null where the link has none.</param>
    /// <param name="Peer">The MAC address of the real server.</param>
    internal sealed record LinkAddresses(int Index, byte[]? Own, byte[]? Peer);
}
