using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>Completes the real servers that the director has: of the service on the command line, or of all.</summary>
public sealed class RealServerCompleter : HostCompleter
{
    private protected override async Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken)
    {
        IpvsClient client = await request.Hosts.ConnectAsync(request.Reference, cancellationToken);
        LvsServiceSelector? chosen = request.Parameters["VirtualService"]?.ToString() is { } text ? new LvsServiceSelector(text) : null;
        Dictionary<string, string> servers = new(StringComparer.Ordinal);
        foreach ((LvsVirtualService service, IReadOnlyList<LvsRealServer> all) in await IpvsTable.ReadAsync(client, id => chosen?.Matches(id) ?? true, cancellationToken))
        {
            foreach (LvsRealServer server in all)
            {
                servers[server.RealServer.ToString()] = $"{server.RealServer} of {service.VirtualService}, {server.Forwarding}, weight {server.Weight}";
            }
        }

        return [.. servers.Select(server => (server.Key, server.Value))];
    }
}
