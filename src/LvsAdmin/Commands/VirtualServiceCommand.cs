using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about virtual services of a director: how they are named, on the command line and by the pipeline.</summary>
public abstract class VirtualServiceCommand : LvsHostCommand
{
    /// <summary>The service is named by its text form.</summary>
    protected const string ServiceSet = "Service";

    /// <summary>The service is named by protocol, address and port.</summary>
    protected const string AddressSet = "Address";

    /// <summary>The service is named by a firewall mark.</summary>
    protected const string FirewallMarkSet = "FirewallMark";

    /// <summary>The virtual services: tcp/192.0.2.10:80, udp/[2001:db8::10]:53, fwmark/7, or wildcards such as tcp/*.</summary>
    [Parameter(Position = 0, ParameterSetName = ServiceSet, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(VirtualServiceCompleter))]
    public LvsServiceSelector[]? VirtualService { get; set; }

    /// <summary>A virtual service, a real server of it, or the text form of a service, from the pipeline.</summary>
    [Parameter(ParameterSetName = ServiceSet, ValueFromPipeline = true)]
    public override PSObject? InputObject { get; set; }

    /// <summary>The virtual IP.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet)]
    public LvsAddress Address { get; set; }

    /// <summary>The port, 0 to 65535; 0 is a service for every port.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet)]
    [ValidateRange(0, ushort.MaxValue)]
    public int Port { get; set; }

    /// <summary>The protocol: Tcp unless said otherwise.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    public LvsProtocol Protocol { get; set; } = LvsProtocol.Tcp;

    /// <summary>The firewall mark, 1 to 4294967295.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FirewallMarkSet)]
    [ValidateRange(1, uint.MaxValue)]
    public uint FirewallMark { get; set; }

    /// <summary>The address family of the marked packets: IPv4 unless said otherwise.</summary>
    [Parameter(ParameterSetName = FirewallMarkSet)]
    public LvsAddressFamily AddressFamily { get; set; } = LvsAddressFamily.IPv4;

    /// <summary>The port of the SSH server, 1 to 65535, where the host's name does not say it.</summary>
    [Parameter]
    [ValidateRange(1, ushort.MaxValue)]
    public override int HostPort { get; set; }

    private protected override bool ReadsInputObject => true;

    /// <summary>
    /// Whether a value shall be changed. A table of values (Import-Csv) may name it by property; an object read from a director may not:
    /// it has every property, with values as old as the reading.
    /// </summary>
    protected bool IsNamed(string parameter) =>
        MyInvocation.BoundParameters.ContainsKey(parameter) && (IsOnCommandLine(parameter) || !IsObserved(InputObject));

    /// <summary>The chosen services, or null when the user chose none in particular.</summary>
    /// <exception cref="PSArgumentException">Both the command line and the pipeline name services.</exception>
    protected virtual IReadOnlyList<LvsServiceSelector>? ChosenServices()
    {
        switch (ParameterSetName)
        {
            case AddressSet:
                return [new LvsServiceSelector(new LvsServiceId(Protocol, Address, (ushort)Port))];
            case FirewallMarkSet:
                return [new LvsServiceSelector(new LvsServiceId(FirewallMark, AddressFamily))];
        }

        if (InputObject is null)
        {
            return VirtualService;
        }

        if (IsOnCommandLine(nameof(VirtualService)))
        {
            ThrowTerminatingError(Errors.ServiceNamedTwice(InputObject));
        }

        return ServicesOfInput(InputObject);
    }

    /// <summary>The services that an input object names by itself or by its property.</summary>
    protected IReadOnlyList<LvsServiceSelector>? ServicesOfInput(PSObject input)
    {
        ArgumentNullException.ThrowIfNull(input);
        switch (input.BaseObject)
        {
            case string text:
                return [new LvsServiceSelector(text)];
            case LvsServiceId id:
                return [new LvsServiceSelector(id)];
            case LvsVirtualService service:
                return [new LvsServiceSelector(service)];
            case LvsRealServer server:
                return [new LvsServiceSelector(server.VirtualService)];
        }

        if (IsOnCommandLine(nameof(VirtualService)))
        {
            // The property was not bound because the command line had taken the parameter.
            return input.Properties[nameof(VirtualService)]?.Value?.ToString() is { } property ? [new LvsServiceSelector(property)] : null;
        }

        return VirtualService;
    }

    /// <summary>Reads the chosen services from the director; one that is missing is an error unless it was a wildcard.</summary>
    protected async ValueTask<IReadOnlyList<LvsVirtualService>> FindServicesAsync(
        IpvsClient client, IReadOnlyList<LvsServiceSelector>? chosen)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (chosen is null)
        {
            return await client.GetServicesAsync(StopToken);
        }

        List<LvsVirtualService> found = [];
        IReadOnlyList<LvsVirtualService>? all = null;
        foreach (LvsServiceSelector selector in chosen)
        {
            if (selector.IsWildcard)
            {
                all ??= await client.GetServicesAsync(StopToken);
                found.AddRange(all.Where(service => selector.Matches(service.VirtualService)));
            }
            else if (selector.Id is null)
            {
                await ErrorAsync(Errors.InvalidService(selector));
            }
            else if (await client.FindServiceAsync(selector.Id, StopToken) is { } service)
            {
                found.Add(service);
            }
            else
            {
                await ErrorAsync(Errors.ServiceNotFound(selector.Id, HostText));
            }
        }

        // Two selectors may choose the same service; it is worked on once.
        return chosen.Count == 1 ? found : [.. found.DistinctBy(service => service.VirtualService)];
    }

    /// <summary>Does a piece of work for each chosen service of the director.</summary>
    /// <param name="required">Whether a user who chose none means none, not all.</param>
    /// <param name="work">The work.</param>
    protected async Task ForEachServiceAsync(bool required, Func<IpvsClient, LvsVirtualService, ValueTask> work)
    {
        IReadOnlyList<LvsServiceSelector>? chosen = ChosenServices();
        if (chosen is null && (required || InputObject is not null))
        {
            ThrowTerminatingError(Errors.ServiceMissing(InputObject));
        }

        await AttemptAsync(null, async () =>
        {
            IpvsClient client = await ConnectAsync();
            foreach (LvsVirtualService service in await FindServicesAsync(client, chosen))
            {
                await AttemptAsync(service.VirtualService, () => work(client, service));
            }
        });
    }

    private static bool IsObserved(PSObject? input) =>
        input?.BaseObject is LvsVirtualService or LvsRealServer
        || (input?.TypeNames.FirstOrDefault()?.StartsWith("Deserialized." + typeof(LvsVirtualService).Namespace, StringComparison.Ordinal) ?? false);
}
