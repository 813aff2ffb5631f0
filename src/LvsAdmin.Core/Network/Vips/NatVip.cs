using System.Globalization;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans a VIP that is reached by NAT: the host does not hold it, but sends its answers through the director, which makes them the VIP's.</summary>
internal static class NatVip
{
    internal static async ValueTask PlanAsync(VipPlanBuilder plan, LvsVipSettings settings, CancellationToken cancellationToken)
    {
        LvsAddressFamily family = plan.Vip.Family;
        LvsAddress director = settings.Director!.Value;
        RealServerVipEnabling.RequireNoConflict(plan, null);
        (string interfaceName, LvsAddress from) = await FindLinkAsync(plan, settings, director, cancellationToken).ConfigureAwait(false);
        if (family == LvsAddressFamily.IPv6)
        {
            // IPv6 has no switch by which a director could stop sending redirects, and one of them sends the answers past it.
            string path = Ipv6Settings.PathOf(interfaceName, Ipv6Settings.AcceptRedirects);
            int current = await KernelSetting.ReadAsync(plan.Host, path, cancellationToken).ConfigureAwait(false) ?? 0;
            plan.Want(path, current, 0);
        }

        PersistentRoute route = settings.Route == LvsNatRoute.Default
            ? await PlanDefaultAsync(plan, family, director, interfaceName, cancellationToken).ConfigureAwait(false)
            : await PlanPolicyAsync(plan, settings, director, interfaceName, from, cancellationToken).ConfigureAwait(false);
        plan.Persistent = RealServerVipEnabling.Record(plan, settings, interfaceName) with { Route = route };
    }

    /// <summary>What follows <c>default</c> in the route to a director; the metric lets it win.</summary>
    internal static string DefaultRoute(LvsAddress director, string interfaceName) =>
        director.Family == LvsAddressFamily.IPv6 ? $"via {director} dev {interfaceName} metric 1" : $"via {director} dev {interfaceName}";

    private static async ValueTask<(string Interface, LvsAddress From)> FindLinkAsync(
        VipPlanBuilder plan, LvsVipSettings settings, LvsAddress director, CancellationToken cancellationToken)
    {
        string option = IpCommand.FamilyOption(director.Family);
        JsonElement? found = (await IpCommand.TryQueryAsync(plan.Host, "unreachable", cancellationToken, option, "-json", "route", "get", $"{director}").ConfigureAwait(false))?[0];
        string? type = found is { } local && local.TryGetProperty("type", out JsonElement kind) ? kind.GetString() : null;
        if (type == "local")
        {
            throw new LvsHostException(
                LvsHostError.AddressConflict, $"{director} is an address of {plan.Host.Name} itself. Name the director's address; a director that is a real server too needs no route.");
        }

        if (found is not { } route || type is not null || route.TryGetProperty("gateway", out _) || !route.TryGetProperty("dev", out JsonElement device))
        {
            throw new LvsHostException(
                LvsHostError.DirectorNotOnLink,
                $"{director} is not on a link of {plan.Host.Name}: with NAT the director must be the next hop of the answers. Name the address that it has on the real server's own network.");
        }

        string name = device.GetString()!;
        if (settings.RealServerAddress is { } given)
        {
            return plan.State.Holders(given).Any()
                ? (name, given)
                : throw new LvsHostException(LvsHostError.RealServerAddressUnclear, $"{given} is no address of {plan.Host.Name}: name the address under which the director knows this real server.");
        }

        return route.TryGetProperty("prefsrc", out JsonElement source) && LvsAddress.TryParse(source.GetString(), out LvsAddress from, out _)
            ? (name, from)
            : throw new LvsHostException(LvsHostError.RealServerAddressUnclear, $"{plan.Host.Name} has no address towards {director}: name the address under which the director knows this real server by -RealServerAddress.");
    }

    private static async ValueTask<PersistentRoute> PlanDefaultAsync(
        VipPlanBuilder plan, LvsAddressFamily family, LvsAddress director, string interfaceName, CancellationToken cancellationToken)
    {
        string wanted = DefaultRoute(director, interfaceName);
        IReadOnlyList<string> routes = await ReturnRoute.ReadDefaultsAsync(plan.Host, family, cancellationToken).ConfigureAwait(false);
        // Only a route of the same metric is replaced; others stand behind it, and again alone when it goes.
        string? before = routes.FirstOrDefault(route => ReturnRoute.Metric(route) == ReturnRoute.Metric(wanted));
        string key = ReturnRoute.DefaultKey(family);
        if (before is not null && ReturnRoute.SameRoute(before, wanted))
        {
            plan.Rely(key);
        }
        else
        {
            plan.AddRemembered(ReturnRoute.Default(plan.Host, family, before, wanted), key);
        }

        return new PersistentRoute { Director = director };
    }

    private static async ValueTask<PersistentRoute> PlanPolicyAsync(
        VipPlanBuilder plan, LvsVipSettings settings, LvsAddress director, string interfaceName, LvsAddress from, CancellationToken cancellationToken)
    {
        LvsAddressFamily family = director.Family;
        string option = IpCommand.FamilyOption(family);
        (int table, IReadOnlyList<string> present) = await FindTableAsync(plan, director, interfaceName, cancellationToken).ConfigureAwait(false);
        string number = table.ToString(CultureInfo.InvariantCulture);
        string route = $"default via {director} dev {interfaceName} table {number}";
        PlanEntry(plan, "route", family, route, present.Contains(route));
        string? link = null;
        if (settings.Port == 0)
        {
            // Everything from this address would go to the director, also what an administrator next door waits for: the own link stays direct.
            JsonElement match = (await IpCommand.QueryAsync(plan.Host, cancellationToken, option, "-json", "route", "get", "fibmatch", $"{director}").ConfigureAwait(false))[0];
            link = match.TryGetProperty("dst", out JsonElement network) && network.GetString() is { } text and not "default" ? text : $"{director}";
            string exception = $"throw {link} table {number}";
            PlanEntry(plan, "route", family, exception, present.Contains(exception));
        }

        string rule = ReturnRoute.Rule(from, settings.Protocol, settings.Port, table);
        IReadOnlyList<string> rules = await ReturnRoute.ReadRulesAsync(plan.Host, family, cancellationToken).ConfigureAwait(false);
        PlanEntry(plan, "rule", family, rule, rules.Contains(rule));
        return new PersistentRoute
        {
            Director = director,
            Table = table,
            Priority = ReturnRoute.RulePriority,
            From = from,
            Protocol = settings.Port == 0 ? null : ReturnRoute.ProtocolName(settings.Protocol),
            Port = settings.Port,
            Throw = link,
        };
    }

    private static void PlanEntry(VipPlanBuilder plan, string what, LvsAddressFamily family, string words, bool isPresent)
    {
        string key = ReturnRoute.Key(what, family, words);
        if (isPresent)
        {
            plan.Rely(key);
        }
        else
        {
            plan.AddRemembered(ReturnRoute.Add(plan.Host, what, family, words), key);
        }
    }

    // The table that leads to this director already, or the first that is empty.
    private static async ValueTask<(int Table, IReadOnlyList<string> Routes)> FindTableAsync(
        VipPlanBuilder plan, LvsAddress director, string interfaceName, CancellationToken cancellationToken)
    {
        for (int table = ReturnRoute.FirstTable; ; table++)
        {
            IReadOnlyList<string> routes = await ReturnRoute.ReadTableAsync(plan.Host, director.Family, table, cancellationToken).ConfigureAwait(false);
            string number = table.ToString(CultureInfo.InvariantCulture);
            if (routes.All(route => route.StartsWith("throw ", StringComparison.Ordinal) || route == $"default via {director} dev {interfaceName} table {number}"))
            {
                return (table, routes);
            }
        }
    }
}
