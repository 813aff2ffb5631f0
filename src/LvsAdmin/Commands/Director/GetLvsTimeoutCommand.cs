using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Reads how long a director remembers idle connections.</summary>
[Cmdlet(VerbsCommon.Get, "LvsTimeout")]
[OutputType(typeof(LvsTimeout))]
public sealed class GetLvsTimeoutCommand : LvsHostCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IpvsClient client = await ConnectAsync();
        await OutputAsync(await client.GetTimeoutAsync(StopToken));
    });
}
