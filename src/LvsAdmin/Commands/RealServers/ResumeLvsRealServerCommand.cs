using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Gives real servers that were suspended back to their services, with the weight from before: at once, or step by step over a time.</summary>
[Cmdlet(VerbsLifecycle.Resume, "LvsRealServer", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServer))]
public sealed class ResumeLvsRealServerCommand : HoldCommand
{
    private const int DefaultSteps = 10;

    // Those whose choice does not depend on weights that are not 0 (ip_vs_rr.c, ip_vs_lc.c, ip_vs_dh.c).
    private static readonly string[] Weightless = ["rr", "lc", "dh"];

    private readonly ConcurrentQueue<(HostReference Host, RampUp Way)> _rampUps = [];

    /// <summary>The weight to give them, 0 to 2147483647; without it, the one from before.</summary>
    [Parameter]
    public long Weight { get; set; }

    /// <summary>Raise the weight in equal steps over this time: seconds, 5m, or a TimeSpan, up to a day. All chosen servers are raised at once.</summary>
    [Parameter]
    [Duration]
    public TimeSpan RampUp { get; set; }

    /// <summary>In how many steps, 2 to 100; 10 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(2, 100)]
    public int RampUpSteps { get; set; } = DefaultSteps;

    private string ProgressActivity => $"{MyInvocation.MyCommand.Name} -{nameof(RampUp)}";

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        await base.ProcessHostAsync();
        // With all hosts named there is nothing to collect, and a connection that is open stays so.
        if (!MyInvocation.ExpectingInput)
        {
            HostReference host = CurrentHost;
            await RaiseHereAsync([.. _rampUps.Where(each => each.Host == host).Select(each => each.Way)]);
        }
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (MyInvocation.ExpectingInput && !_rampUps.IsEmpty)
        {
            ILookup<HostReference, RampUp> hosts = _rampUps.ToLookup(each => each.Host, each => each.Way);
            await OnHostsAsync([.. hosts.Select(each => each.Key)], () => RaiseHereAsync([.. hosts[CurrentHost]]));
        }

        if (!_rampUps.IsEmpty)
        {
            await ProgressAsync(new ProgressRecord(GetHashCode() & int.MaxValue, ProgressActivity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

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
        bool isGradual = IsOnCommandLine(nameof(RampUp)) && RampUp > TimeSpan.Zero && weight > server.Weight;
        string over = isGradual ? string.Create(CultureInfo.InvariantCulture, $", in {RampUpSteps} steps over {RampUp.TotalSeconds:0.###} s") : string.Empty;
        string what = string.Create(CultureInfo.InvariantCulture, $"Resume (Weight: {server.Weight} -> {weight}{over})");
        if (!await ShouldProcessAsync(TargetText(server), what))
        {
            return false;
        }

        if (isGradual)
        {
            await WarnAsync(client, server, weight);
            _rampUps.Enqueue((CurrentHost, new RampUp(server, hold, weight)));
            // Written when it is back.
            return false;
        }

        await RealServerHolds.ResumeAsync(TargetHost, client, server, hold, weight, StopToken);
        return true;
    }

    private async ValueTask WarnAsync(IpvsClient client, LvsRealServer server, int weight)
    {
        string? scheduler = (await client.FindServiceAsync(server.VirtualService, StopToken))?.Scheduler;
        if (Weightless.Contains(scheduler))
        {
            await WarningAsync($"{TargetText(server)}: the scheduler {scheduler} does not heed weights, so that the server gets its full share of new connections from the first step on. Set-LvsVirtualService {server.VirtualService} -Scheduler w{(scheduler == "lc" ? "lc" : "rr")} heeds them.");
        }
        else if (weight == 1)
        {
            await WarningAsync($"{TargetText(server)}: between 0 and its weight of 1 there is no step, so that it gets its full share at once. Weights such as 100 for all servers of the service have steps.");
        }
    }

    private async Task RaiseHereAsync(IReadOnlyList<RampUp> servers)
    {
        if (servers.Count == 0)
        {
            return;
        }

        List<RampUp> onTheirWay = [.. servers];
        await AttemptAsync(null, async () =>
        {
            IpvsClient client = await ConnectAsync();
            for (int step = 1; step <= RampUpSteps; step++)
            {
                if (step > 1)
                {
                    await Task.Delay(RampUp / (RampUpSteps - 1), StopToken);
                }

                foreach (RampUp one in onTheirWay.ToList())
                {
                    if (!await AttemptAsync(one.RealServer, () => RaiseAsync(client, one, step)))
                    {
                        onTheirWay.Remove(one);
                    }
                }

                await ShowAsync(step);
            }
        });
    }

    private async ValueTask RaiseAsync(IpvsClient client, RampUp one, int step)
    {
        int earlier = await one.StepAsync(TargetHost, client, HostText, step, RampUpSteps, StopToken);
        await VerboseAsync(string.Create(
            CultureInfo.InvariantCulture, $"Real server {one.RealServer} of {one.VirtualService} on {HostText}: weight {earlier} -> {one.Weight} of {one.Target}"));
        // Gone, if somebody has removed it just now.
        if (PassThru && step == RampUpSteps
            && (await client.GetRealServersAsync(one.VirtualService, StopToken)).FirstOrDefault(each => each.RealServer == one.RealServer) is { } back)
        {
            await OutputAsync(back);
        }
    }

    private ValueTask ShowAsync(int step)
    {
        RampUp[] all = [.. _rampUps.Select(each => each.Way)];
        string status = string.Create(
            CultureInfo.InvariantCulture, $"step {step} of {RampUpSteps}: {string.Join(", ", all.Take(3).Select(one => $"{one.RealServer} at {one.Weight} of {one.Target}"))}{(all.Length > 3 ? " ..." : string.Empty)}");
        return ProgressAsync(new ProgressRecord(GetHashCode() & int.MaxValue, ProgressActivity, status)
        {
            PercentComplete = step * 100 / RampUpSteps,
            SecondsRemaining = (int)(RampUp / (RampUpSteps - 1) * (RampUpSteps - step)).TotalSeconds,
        });
    }
}
