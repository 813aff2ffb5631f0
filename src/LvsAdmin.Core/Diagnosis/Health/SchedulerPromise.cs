using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>What a scheduler promises to one client that asks a service again and again, on a connection each.</summary>
/// <param name="Text">In words.</param>
/// <param name="Shares">The share of each real server, 0 to 1 and 1 together; null where it is not said which server gets how much.</param>
/// <param name="IsExact">Whether the shares hold for every row of probes that nothing comes between; otherwise nearly.</param>
/// <param name="IsOneServer">Whether all go to one server, whichever.</param>
internal sealed record SchedulerPromise(string Text, IReadOnlyDictionary<LvsServerId, double>? Shares, bool IsExact, bool IsOneServer)
{
    // What is left to chance, and to clients that come between.
    private const double Tolerance = 0.25;

    /// <summary>The promise of a service.</summary>
    internal static SchedulerPromise Of(LvsVirtualService service, IReadOnlyList<LvsRealServer> servers)
    {
        if (service.PersistenceTimeout is not null)
        {
            return OneServer("one server for one client, by persistence");
        }

        bool hasPort(string flag) => service.SchedulerFlags.ToString().Contains(flag, StringComparison.Ordinal);
        switch (service.Scheduler)
        {
            case "rr":
                return Shared("an equal share for each server", _ => 1, isExact: true);
            case "wrr":
                return Shared("shares by weight", server => server.Weight, isExact: true);
            case "lc":
                return Shared("the server with fewest connections: nearly equal shares", _ => 1, isExact: false);
            case "wlc" or "sed" or "nq":
                return Shared("the server with fewest connections by weight: nearly shares by weight", server => server.Weight, isExact: false);
            case "fo":
                LvsRealServer? first = servers.Where(server => server.Weight > 0).MaxBy(server => server.Weight);
                return Shared("the server with the highest weight", server => server == first ? 1 : 0, isExact: true);
            case "sh" when !hasPort("sh-port"):
            case "mh" when !hasPort("mh-port"):
                return OneServer("one server for one client, by the client's address");
            case "sh" or "mh":
                return Shared("a server by the client's address and port: nearly shares by weight", server => server.Weight, isExact: false);
            case "dh" or "lblc" or "lblcr":
                return OneServer("one server for one destination");
            case "twos":
                return Shared("the better of two servers at random: nearly shares by weight", server => server.Weight, isExact: false);
            case "ovf":
                return new SchedulerPromise("the server with the highest weight, until it has as many connections: no certain shares", null, false, false);
            default:
                return new SchedulerPromise($"{service.Scheduler} is not known here: no certain shares", null, false, false);
        }

        SchedulerPromise Shared(string text, Func<LvsRealServer, double> part, bool isExact)
        {
            Dictionary<LvsServerId, double> parts = servers.ToDictionary(server => server.RealServer, server => server.Weight > 0 ? part(server) : 0);
            double all = parts.Values.Sum();
            return all > 0
                ? new SchedulerPromise(text, parts.ToDictionary(each => each.Key, each => each.Value / all), isExact, false)
                : new SchedulerPromise("no server has a weight: no answer", null, false, false);
        }

        static SchedulerPromise OneServer(string text) => new(text, null, true, true);
    }

    /// <summary>Which part of the answers another server gave than was promised; null where nothing is promised.</summary>
    internal double? Deviation(IReadOnlyDictionary<LvsServerId, int> answers)
    {
        int count = answers.Values.Sum();
        return count == 0 ? null
            : IsOneServer ? 1 - (double)answers.Values.Max() / count
            : Shares is null ? null
            : Shares.Keys.Union(answers.Keys).Sum(id => Math.Abs(answers.GetValueOrDefault(id) - Shares.GetValueOrDefault(id) * count)) / 2 / count;
    }

    /// <summary>Whether a spread is as promised: exact shares up to one answer a server, which a row may begin or end with; others up to a quarter.</summary>
    internal bool? Holds(IReadOnlyDictionary<LvsServerId, int> answers)
    {
        int count = answers.Values.Sum();
        return Deviation(answers) is not { } deviation ? null
            : IsOneServer ? deviation == 0
            : IsExact ? Shares!.Keys.Union(answers.Keys).All(id => Math.Abs(answers.GetValueOrDefault(id) - Shares.GetValueOrDefault(id) * count) <= 1 + 1e-9)
            : deviation <= Tolerance;
    }
}
