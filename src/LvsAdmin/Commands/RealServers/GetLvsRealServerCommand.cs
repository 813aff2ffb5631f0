using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Lists the real servers of virtual services; without a service, those of all.</summary>
[Cmdlet(VerbsCommon.Get, "LvsRealServer", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsRealServer))]
public sealed class GetLvsRealServerCommand : RealServerCommand
{
    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServerAsync(required: false, async (_, _, servers) =>
    {
        foreach (LvsRealServer server in servers)
        {
            await OutputAsync(server);
        }
    });
}
