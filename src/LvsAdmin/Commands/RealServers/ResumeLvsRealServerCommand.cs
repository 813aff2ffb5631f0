using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Gives real servers that were suspended back to their services, with the weight from before.</summary>
[Cmdlet(VerbsLifecycle.Resume, "LvsRealServer", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServer))]
public sealed class ResumeLvsRealServerCommand : HoldCommand
{
    /// <summary>The weight to give them, 0 to 2147483647; without it, the one from before.</summary>
    [Parameter]
    public long Weight { get; set; }

    private protected override async ValueTask<bool> ChangeAsync(IpvsClient client, LvsRealServer server, LvsHold? hold)
    {
        if (hold is null)
        {
            if (RequireServers().Any(selector => !selector.IsWildcard && selector.Matches(server.RealServer)))
            {
                throw new LvsValidationException(
                    "NotHeld",
                    $"{TargetText(server)} is not suspended: Get-LvsRealServer -Held lists those that are. Set-LvsRealServer -Weight gives a server another weight.");
            }

            return false;
        }

        int weight = IsOnCommandLine(nameof(Weight)) ? IpvsValidation.ToWeight(server.RealServer, Weight) : hold.Weight;
        string what = string.Create(CultureInfo.InvariantCulture, $"Resume (Weight: {server.Weight} -> {weight})");
        if (!await ShouldProcessAsync(TargetText(server), what))
        {
            return false;
        }

        // Forgotten first: of one who is killed in between, the next Sync finishes the work.
        await HoldStore.RemoveAsync(TargetHost, server.VirtualService, server.RealServer, StopToken);
        try
        {
            await SetWeightAsync(client, server, weight);
        }
        catch (IpvsException)
        {
            await HoldStore.AddAsync(TargetHost, hold, CancellationToken.None);
            throw;
        }

        return true;
    }
}
