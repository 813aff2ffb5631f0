using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Lists the real servers of virtual services; without a service, those of all.</summary>
[Cmdlet(VerbsCommon.Get, "LvsRealServer", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsRealServer))]
public sealed class GetLvsRealServerCommand : RealServerCommand
{
    /// <summary>List only those that an operator holds (Suspend-LvsRealServer), with the property Hold.</summary>
    [Parameter]
    public SwitchParameter Held { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        IReadOnlyList<LvsHold>? holds = Held ? await HoldStore.ReadAsync(TargetHost, StopToken) : null;
        await ForEachServerAsync(required: false, async (_, service, servers) =>
        {
            foreach (LvsRealServer server in servers)
            {
                if (holds is null)
                {
                    await OutputAsync(server);
                }
                else if (holds.FirstOrDefault(hold => hold.VirtualService == service.VirtualService && hold.RealServer == server.RealServer) is { } hold)
                {
                    PSObject shown = new(server);
                    shown.Properties.Add(new PSNoteProperty("Hold", hold));
                    // Its view tells who holds it, and why.
                    shown.TypeNames.Insert(0, $"{typeof(LvsRealServer).FullName}#Held");
                    await OutputAsync(shown);
                }
            }
        });
    }
}
