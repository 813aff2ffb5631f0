using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Lists the connections that a director remembers, as the kernel shows them, one by one.</summary>
[Cmdlet(VerbsCommon.Get, "LvsConnection", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsConnection))]
public sealed class GetLvsConnectionCommand : RealServerCommand
{
    /// <summary>The addresses of the clients.</summary>
    [Parameter]
    public LvsAddress[]? ClientAddress { get; set; }

    /// <summary>The states, such as Established.</summary>
    [Parameter]
    public LvsConnectionState[]? State { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        IReadOnlyList<LvsServiceSelector>? services = ChosenServices();
        if (services is null && InputObject is not null)
        {
            ThrowTerminatingError(Errors.ServiceMissing(InputObject));
        }

        IReadOnlyList<LvsServerSelector>? servers = ChosenServers();
        if (services?.FirstOrDefault(selector => selector.Refusal is not null) is { } service)
        {
            ThrowTerminatingError(Errors.InvalidService(service));
        }

        if (servers?.FirstOrDefault(selector => selector.Refusal is not null) is { } server)
        {
            ThrowTerminatingError(Errors.InvalidServer(server));
        }

        ConnectionFilter filter = new()
        {
            VirtualService = services is null ? null : id => services.Any(selector => selector.Matches(id)),
            RealServer = servers is null ? null : id => servers.Any(selector => selector.Matches(id)),
            ClientAddress = ClientAddress is { Length: 1 } ? ClientAddress[0] : null,
            States = State,
        };
        await AttemptAsync(null, async () =>
        {
            await foreach (LvsConnection connection in ConnectionTable.ReadAsync(TargetHost, filter, StopToken))
            {
                if (ClientAddress is null || ClientAddress.Contains(connection.ClientAddress))
                {
                    await OutputAsync(connection);
                }
            }
        });
    }
}
