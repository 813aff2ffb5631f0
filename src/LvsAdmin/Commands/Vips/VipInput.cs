using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Which virtual IPs an object from the pipeline means.</summary>
internal static class VipInput
{
    /// <summary>The virtual IPs of a service, of a real server's service, or of what Get-LvsRealServerVip wrote; none for a service of a firewall mark; null for objects that are none of these.</summary>
    /// <exception cref="LvsValidationException">A text is no address (InvalidAddress).</exception>
    internal static IReadOnlyList<LvsAddress>? Of(object input) => input switch
    {
        // The address of a real server is its own; the one that it shall hold is its service's.
        LvsRealServer server => OfService(server.VirtualService),
        LvsVirtualService service => OfService(service.VirtualService),
        LvsServiceId service => OfService(service),
        LvsRealServerVip vip => [vip.Address],
        LvsAddress address => [address],
        string text => LvsAddress.TryParse(text, out LvsAddress address, out string? reason) ? [address] : throw new LvsValidationException("InvalidAddress", reason),
        _ => null,
    };

    private static IReadOnlyList<LvsAddress> OfService(LvsServiceId service) => service.Address is { } address ? [address] : [];
}
