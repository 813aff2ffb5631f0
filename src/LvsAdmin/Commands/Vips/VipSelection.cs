using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>The virtual IPs that one input object, or the command line, chooses; and what the object tells about them.</summary>
/// <param name="Vips">The VIPs; none when nothing was chosen.</param>
internal sealed record VipSelection(IReadOnlyList<LvsAddress> Vips)
{
    /// <summary>The real server of a virtual service that came through the pipeline: how it is forwarded to, and where.</summary>
    internal LvsRealServer? Server { get; init; }

    /// <summary>The virtual service that came through the pipeline, by itself or with a real server.</summary>
    internal LvsServiceId? Service { get; init; }

    /// <summary>Whether the object came from a director's table.</summary>
    internal bool IsOfDirector { get; init; }

    /// <summary>That director.</summary>
    internal HostReference? Director { get; init; }

    /// <summary>Reads an input object.</summary>
    /// <param name="input">What came through the pipeline; null for nothing.</param>
    /// <param name="address">What stands on the command line, or was taken from the object by its property's name.</param>
    /// <exception cref="PSArgumentException">The object is a text that is no address.</exception>
    internal static VipSelection Of(PSObject? input, LvsAddress[]? address) => input?.BaseObject switch
    {
        // The address of a real server is its own; the one that it shall serve is its service's.
        LvsRealServer server => OfService(server.VirtualService) with { Server = server, IsOfDirector = true },
        LvsVirtualService service => OfService(service.VirtualService) with { IsOfDirector = true },
        LvsServiceId service => OfService(service),
        LvsRealServerVip vip => new VipSelection([vip.Address]),
        LvsDirectorVip vip => new VipSelection([vip.Address]),
        LvsAddress given => new VipSelection([given]),
        string text => new VipSelection([Parse(text)]),
        _ => new VipSelection(address ?? []),
    };

    private static VipSelection OfService(LvsServiceId service) => new(service.Address is { } address ? [address] : []) { Service = service };

    private static LvsAddress Parse(string text) =>
        LvsAddress.TryParse(text, out LvsAddress address, out string? reason) ? address : throw new PSArgumentException(reason);
}
