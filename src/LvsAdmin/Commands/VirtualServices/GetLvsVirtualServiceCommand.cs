using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Lists virtual services.</summary>
[Cmdlet(VerbsCommon.Get, "LvsVirtualService", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsVirtualService))]
public sealed class GetLvsVirtualServiceCommand : VirtualServiceCommand
{
    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServiceAsync(required: false, (_, service) => OutputAsync(service));
}
