using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>Completes the virtual services that the director has.</summary>
public sealed class VirtualServiceCompleter : HostCompleter
{
    private protected override async Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken)
    {
        IpvsClient client = await request.Hosts.ConnectAsync(request.Reference, cancellationToken);
        IReadOnlyList<LvsVirtualService> services = await client.GetServicesAsync(cancellationToken);
        // Without the protocol too: a user who begins with the address means tcp.
        return
        [
            .. services.Select(service => (service.VirtualService.ToString(), $"{service.VirtualService}, scheduler {service.Scheduler}")),
            .. services.Where(service => service.Protocol == LvsProtocol.Tcp)
                .Select(service => (service.VirtualService.ToString()["tcp/".Length..], $"{service.VirtualService}, scheduler {service.Scheduler}")),
        ];
    }
}
