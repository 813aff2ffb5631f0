using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Takes real servers out of their services: they get no new connections, and the director remembers why, until they are resumed.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "LvsRealServer", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServer))]
public sealed class SuspendLvsRealServerCommand : HoldCommand
{
    private static readonly string By = $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Why, for those who find it.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>Until when the hold counts; after that, Sync-LvsConfiguration gives the server its weight again. Without it: until it is resumed.</summary>
    [Parameter]
    public DateTime? Until { get; set; }

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        if (Until is { } time && time.ToUniversalTime() <= DateTime.UtcNow)
        {
            ThrowTerminatingError(Errors.ToRecord(new LvsValidationException("HoldInThePast", $"-Until {time:u} is in the past: name a time to come, or none."), time));
        }

        await base.BeginAsync();
    }

    private protected override async ValueTask<bool> ChangeAsync(IpvsClient client, LvsRealServer server, LvsHold? hold)
    {
        LvsHold wanted = new()
        {
            VirtualService = server.VirtualService,
            RealServer = server.RealServer,
            // Of one that is held already, the weight from before that.
            Weight = hold is not null && (server.Weight == 0 || server.Weight == hold.ResumingAt) ? hold.Weight : server.Weight,
            Reason = IsOnCommandLine(nameof(Reason)) ? Reason : hold?.Reason,
            By = By,
            Since = hold?.Since ?? DateTimeOffset.UtcNow,
            Until = IsOnCommandLine(nameof(Until)) ? Until?.ToUniversalTime() : hold?.Until,
        };
        if (hold is not null && server.Weight == 0 && wanted == hold with { By = By })
        {
            await VerboseAsync($"{TargetText(server)} is suspended already: nothing is changed.");
            return true;
        }

        string what = string.Create(CultureInfo.InvariantCulture, $"Suspend (Weight: {server.Weight} -> 0)");
        if (!await ShouldProcessAsync(TargetText(server), what))
        {
            return false;
        }

        if (server.Weight == 0 && hold is null)
        {
            await WarningAsync($"{TargetText(server)} had weight 0 before: Resume-LvsRealServer will need -Weight to give it another one.");
        }

        await RealServerHolds.SuspendAsync(TargetHost, client, server, wanted, hold, StopToken);
        await WarnAsync(client, server.VirtualService, server.RealServer);
        return true;
    }

    // Who waits for it to be drained should know what for.
    private async ValueTask WarnAsync(IpvsClient client, LvsServiceId id, LvsServerId real)
    {
        if (await client.FindServiceAsync(id, StopToken) is { } service
            && (await client.GetRealServersAsync(id, StopToken)).FirstOrDefault(each => each.RealServer == real) is { } server)
        {
            foreach (LvsDrainObstacle obstacle in await DrainObstacles.FindAsync(TargetHost, client, service, server, StopToken))
            {
                await WarningAsync($"{TargetText(server)}: {obstacle}");
            }
        }
    }
}
