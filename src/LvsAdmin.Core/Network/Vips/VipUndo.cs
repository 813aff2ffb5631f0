using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to put back what was remembered as changed. What is no longer as we left it, somebody else has decided about since, and it stays.</summary>
internal sealed class VipUndo
{
    private readonly ILvsHost _host;
    private readonly RealServerState _state;
    private readonly Dictionary<LvsAddressFamily, IReadOnlyList<string>> _rules = [];
    private IReadOnlyList<(LvsAddressFamily Outer, int Port, bool IsGue)>? _ports;

    internal VipUndo(ILvsHost host, RealServerState state)
    {
        _host = host;
        _state = state;
    }

    /// <summary>The step that puts one change back; null where there is nothing to be done.</summary>
    internal async ValueTask<HostChange?> PlanAsync(HostMemory.Entry entry, CancellationToken cancellationToken)
    {
        if (KernelSetting.IsOne(entry.Key))
        {
            return await PlanSettingAsync(entry, cancellationToken).ConfigureAwait(false);
        }

        if (VipSteps.LinkOf(entry.Key) is { } link)
        {
            return _state.Find(link) is { IsUp: true } ? VipSteps.SetLink(_host, link, up: false) : null;
        }

        if (TunnelSteps.DeviceOf(entry.Key) is { } device)
        {
            return _state.Find(device) is not null ? TunnelSteps.RemoveDevice(_host, device, entry.Set.Split(' ')) : null;
        }

        if (TunnelSteps.PortOf(entry.Key) is { } port)
        {
            _ports ??= await TunnelSteps.ReadPortsAsync(_host, cancellationToken).ConfigureAwait(false) ?? [];
            return _ports.Contains((port.Outer, port.Port, true)) ? TunnelSteps.ClosePort(_host, port.Outer, port.Port) : null;
        }

        return ReturnRoute.Parse(entry.Key) is { } route ? await PlanRouteAsync(entry, route.What, route.Family, route.Words, cancellationToken).ConfigureAwait(false) : null;
    }

    private async ValueTask<HostChange?> PlanSettingAsync(HostMemory.Entry entry, CancellationToken cancellationToken) =>
        entry.Numbers() is var (before, set)
        && before != set
        && await KernelSetting.ReadAsync(_host, entry.Key, cancellationToken).ConfigureAwait(false) == set
            ? KernelSetting.Change(_host, entry.Key, set, before)
            : null;

    private async ValueTask<HostChange?> PlanRouteAsync(
        HostMemory.Entry entry, string what, LvsAddressFamily family, string words, CancellationToken cancellationToken)
    {
        switch (what)
        {
            case "rule":
                if (!_rules.TryGetValue(family, out IReadOnlyList<string>? rules))
                {
                    rules = await ReturnRoute.ReadRulesAsync(_host, family, cancellationToken).ConfigureAwait(false);
                    _rules.Add(family, rules);
                }

                return rules.Contains(words) ? ReturnRoute.Remove(_host, what, family, words) : null;
            case "route":
                int table = int.TryParse(words.Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
                return (await ReturnRoute.ReadTableAsync(_host, family, table, cancellationToken).ConfigureAwait(false)).Contains(words)
                    ? ReturnRoute.Remove(_host, what, family, words)
                    : null;
            default:
                return (await ReturnRoute.ReadDefaultsAsync(_host, family, cancellationToken).ConfigureAwait(false)).Any(route => ReturnRoute.SameRoute(route, entry.Set))
                    ? ReturnRoute.Default(_host, family, entry.Set, entry.Before.Length == 0 ? null : entry.Before)
                    : null;
        }
    }
}
