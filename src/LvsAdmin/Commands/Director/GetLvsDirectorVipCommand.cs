using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Lists the virtual IPs that a director holds: where, and with which MAC address it answers for them.</summary>
[Cmdlet(VerbsCommon.Get, "LvsDirectorVip")]
[OutputType(typeof(LvsDirectorVip))]
public sealed class GetLvsDirectorVipCommand : DirectorVipCommand
{
    private readonly ConcurrentDictionary<(HostReference Host, LvsAddress Vip), bool> _done = [];

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IReadOnlyList<LvsAddress> chosen = Choose().Vips;
        if (chosen.Count == 0 && InputObject is { } input && OriginOf(input) is null)
        {
            _ = Require();
        }

        // Several services of one virtual IP come one after the other.
        IReadOnlyList<LvsAddress> wanted = chosen.Count > 0
            ? [.. chosen.Where(vip => _done.TryAdd((CurrentHost, vip), true))]
            : [.. (await (await ConnectAsync()).GetServicesAsync(StopToken)).Select(service => service.VirtualService.Address).OfType<LvsAddress>().Distinct().Order()];
        IReadOnlyList<LvsDirectorVip> found = await DirectorVips.FindAsync(TargetHost, wanted, StopToken);
        foreach (LvsDirectorVip vip in found)
        {
            await OutputAsync(vip);
        }

        foreach (LvsAddress missing in chosen.Where(address => wanted.Contains(address) && !found.Any(vip => vip.Address == address)))
        {
            await ErrorAsync(new ErrorRecord(
                new ItemNotFoundException($"{HostText} does not hold the virtual IP {missing}. Enable-LvsDirectorVip {missing} gives it."),
                "VipNotFound", ErrorCategory.ObjectNotFound, missing));
        }
    });
}
