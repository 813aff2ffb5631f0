using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// A cmdlet about real servers of virtual services. The service is the first argument and the server the second; where the pipeline brings
/// the service, the first argument is the server: <c>Get-LvsVirtualService 192.0.2.10:80 | Add-LvsRealServer 192.0.2.21</c>.
/// </summary>
public abstract class RealServerCommand : VirtualServiceCommand
{
    /// <summary>The real servers: 192.0.2.21, 192.0.2.21:8080, [2001:db8::21]:80, or wildcards such as 192.0.2.2?.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RealServerCompleter))]
    public virtual LvsServerSelector[]? RealServer { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<LvsServiceSelector>? ChosenServices() =>
        FirstArgumentIsServer ? ServicesOfInput(InputObject!) : base.ChosenServices();

    /// <summary>The chosen servers, or null when the user chose none in particular.</summary>
    protected IReadOnlyList<LvsServerSelector>? ChosenServers()
    {
        if (FirstArgumentIsServer)
        {
            return [.. VirtualService!.Select(first => new LvsServerSelector(first.Text))];
        }

        return InputObject?.BaseObject is LvsRealServer server && !IsOnCommandLine(nameof(RealServer)) ? [new LvsServerSelector(server)] : RealServer;
    }

    /// <summary>The chosen servers; choosing none ends the command.</summary>
    protected IReadOnlyList<LvsServerSelector> RequireServers()
    {
        IReadOnlyList<LvsServerSelector>? chosen = ChosenServers();
        if (chosen is null or { Count: 0 })
        {
            ThrowTerminatingError(Errors.ServerMissing(InputObject));
        }

        return chosen!;
    }

    /// <summary>
    /// Does a piece of work for the chosen real servers of each chosen service of the director. A server that a named service does not have is an
    /// error; where services were chosen by wildcard, it is one only when none of them has the server.
    /// </summary>
    /// <param name="required">Whether a user who chose none means none, not all.</param>
    /// <param name="work">The work for the servers of one service.</param>
    protected async Task ForEachServerAsync(bool required, Func<IpvsClient, LvsVirtualService, IReadOnlyList<LvsRealServer>, ValueTask> work)
    {
        IReadOnlyList<LvsServerSelector>? chosen = required ? RequireServers() : ChosenServers();
        bool servicesAreNamed = ChosenServices()?.All(selector => !selector.IsWildcard) ?? false;
        HashSet<LvsServerSelector> matched = [];
        bool reached = false;
        foreach (LvsServerSelector invalid in chosen?.Where(selector => selector.Refusal is not null) ?? [])
        {
            await ErrorAsync(Errors.InvalidServer(invalid));
        }

        await ForEachServiceAsync(required, async (client, service) =>
        {
            IReadOnlyList<LvsRealServer> servers = await client.GetRealServersAsync(service.VirtualService, StopToken);
            List<LvsRealServer> found = [];
            reached = true;
            foreach (LvsServerSelector selector in chosen?.Where(selector => selector.Refusal is null) ?? [])
            {
                LvsRealServer[] these = [.. servers.Where(server => selector.Matches(server.RealServer))];
                found.AddRange(these.Where(server => !found.Contains(server)));
                if (these.Length > 0)
                {
                    matched.Add(selector);
                }
                else if (servicesAreNamed && !selector.IsWildcard)
                {
                    await ErrorAsync(Errors.ServerNotFound(selector.Text, service.VirtualService, HostText));
                }
            }

            if (chosen is null ? servers.Count > 0 : found.Count > 0)
            {
                await work(client, service, chosen is null ? servers : found);
            }
        });

        foreach (LvsServerSelector missing in chosen?.Where(selector => selector.Id is not null && !matched.Contains(selector)) ?? [])
        {
            if (reached && !servicesAreNamed)
            {
                await ErrorAsync(Errors.ServerNotFound(missing.Text, HostText));
            }
        }
    }

    private bool FirstArgumentIsServer =>
        InputObject is not null && IsOnCommandLine(nameof(VirtualService)) && !IsOnCommandLine(nameof(RealServer));
}
