using System.Globalization;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Fleet;

/// <summary>Takes the hosts of a roll-out out of their services, and gives them back.</summary>
internal static class RolloutHolds
{
    /// <summary>What the reason of every hold of a roll-out begins with: by it a later one knows what an earlier one has left.</summary>
    internal const string Mark = "Invoke-LvsRollout";

    /// <summary>Takes a host out of the services that it is in at one director. What somebody else keeps out is left to them.</summary>
    internal static ValueTask<bool> SuspendAsync(RolloutPlace place, RolloutOptions options, CancellationToken cancellationToken) => place.Director.UseAsync(
        async (host, client, stop) =>
        {
            IReadOnlyList<LvsHold> held = await HoldStore.ReadAsync(host, stop).ConfigureAwait(false);
            foreach (LvsHold other in held.Where(hold => place.Entries.Any(entry => IsOf(hold, entry)) && RolloutOwner.IsAtWork(hold.By, options.By) && !options.Force))
            {
                throw new LvsRolloutException(
                    "RolloutAtWork",
                    $"another roll-out works on {other.RealServer} of {other.VirtualService} on {place.Director.Name}: {other}. Wait for it; if it was killed, Resume-LvsRealServer gives the server back, or -Force goes on from there");
            }

            foreach (RolloutEntry entry in place.Entries)
            {
                LvsRealServer server = entry.Server;
                bool isFromRollout = entry.Earlier?.Reason?.StartsWith(Mark, StringComparison.Ordinal) == true;
                if (server.Weight == 0 && !isFromRollout)
                {
                    continue;
                }

                entry.Hold = new LvsHold
                {
                    VirtualService = server.VirtualService,
                    RealServer = server.RealServer,
                    Weight = entry.Earlier is { } earlier && (server.Weight == 0 || server.Weight == earlier.ResumingAt) ? earlier.Weight : server.Weight,
                    Reason = options.Reason is null ? Mark : $"{Mark}: {options.Reason}",
                    By = options.By,
                    Since = options.Time.GetUtcNow(),
                };
                entry.IsOut = true;
                await RealServerHolds.SuspendAsync(host, client, server, entry.Hold, entry.Earlier, stop).ConfigureAwait(false);
            }

            return true;
        },
        options, cancellationToken);

    /// <summary>Gives a host its weights back at one director.</summary>
    /// <param name="place">The host there.</param>
    /// <param name="isGradual">Whether by steps, as the options have it.</param>
    /// <param name="options">How the roll-out goes on.</param>
    /// <param name="cancellationToken">Ends the work; begun steps are to be finished by a call that is not gradual.</param>
    internal static async ValueTask ResumeAsync(RolloutPlace place, bool isGradual, RolloutOptions options, CancellationToken cancellationToken)
    {
        int steps = isGradual && options.RampUp > TimeSpan.Zero ? options.RampUpSteps : 1;
        for (int step = 1; step <= steps && place.Entries.Any(entry => entry.IsOut); step++)
        {
            if (step > 1)
            {
                await Task.Delay(options.RampUp / (steps - 1), options.Time, cancellationToken).ConfigureAwait(false);
            }

            await place.Director.UseAsync(
                async (host, client, stop) =>
                {
                    foreach (RolloutEntry entry in place.Entries.Where(entry => entry.IsOut))
                    {
                        entry.Way ??= await WayOf(place, entry, client, stop).ConfigureAwait(false);
                        await entry.Way.StepAsync(host, client, place.Director.Name, step, steps, stop).ConfigureAwait(false);
                        entry.IsOut = step < steps;
                    }

                    return true;
                },
                options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves a host to which nothing was done as it was before: what an earlier roll-out had suspended stays so.</summary>
    internal static ValueTask<bool> TakeBackAsync(RolloutPlace place, RolloutOptions options, CancellationToken cancellationToken) => place.Director.UseAsync(
        async (host, client, stop) =>
        {
            foreach (RolloutEntry entry in place.Entries.Where(entry => entry.IsOut))
            {
                if (entry.Earlier is { } earlier)
                {
                    await HoldStore.AddAsync(host, earlier with { ResumingAt = null }, stop).ConfigureAwait(false);
                    continue;
                }

                await (await WayOf(place, entry, client, stop).ConfigureAwait(false)).StepAsync(host, client, place.Director.Name, 1, 1, stop).ConfigureAwait(false);
                entry.IsOut = false;
            }

            return true;
        },
        options, cancellationToken);

    /// <summary>Adds to the reason of what stays suspended why it does.</summary>
    internal static ValueTask<bool> NoteAsync(RolloutPlace place, string why, RolloutOptions options, CancellationToken cancellationToken) => place.Director.UseAsync(
        async (host, client, stop) =>
        {
            IReadOnlyList<LvsHold> held = await HoldStore.ReadAsync(host, stop).ConfigureAwait(false);
            foreach (RolloutEntry entry in place.Entries.Where(entry => entry.IsOut))
            {
                if (held.FirstOrDefault(hold => IsOf(hold, entry)) is { } hold)
                {
                    await HoldStore.AddAsync(host, hold with { Reason = $"{entry.Hold!.Reason}: {why}", By = RolloutOwner.PersonOf(hold.By) }, stop).ConfigureAwait(false);
                }
            }

            return true;
        },
        options, cancellationToken);

    private static bool IsOf(LvsHold hold, RolloutEntry entry) => hold.VirtualService == entry.Server.VirtualService && hold.RealServer == entry.Server.RealServer;

    private static async ValueTask<RampUp> WayOf(RolloutPlace place, RolloutEntry entry, IpvsClient client, CancellationToken cancellationToken)
    {
        LvsRealServer? present = (await client.GetRealServersAsync(entry.Server.VirtualService, cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(each => each.RealServer == entry.Server.RealServer);
        if (present is null or { Weight: > 0 } && present?.Weight != entry.Hold!.Weight)
        {
            entry.IsOut = false;
            throw new LvsDrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"Real server {entry.Server.RealServer} of {entry.Server.VirtualService} on {place.Director.Name} was {(present is null ? "removed" : $"given weight {present.Weight}")} by somebody else while it was suspended: it is left so."));
        }

        return new RampUp(present!, entry.Hold!, entry.Hold!.Weight);
    }
}
