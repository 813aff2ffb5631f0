using System.Text.Json.Nodes;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The routes of a simulated host as ip(8) shows and changes them: those of its links, and what was added. There is no gateway at first.</summary>
internal sealed class SimulatedRoutes(SimulatedNetwork network)
{
    private const string NoRoute = "RTNETLINK answers: No such process";
    private static readonly ProgramResult Done = new(0, string.Empty, string.Empty);

    // Routes to single addresses, by prefix and device.
    private readonly List<(string Prefix, string Device)> _hostRoutes = [];

    /// <summary>Runs a command line.</summary>
    /// <returns>What came of it; null for a form that is not simulated.</returns>
    internal ProgramResult? Run(string[] arguments) => arguments switch
    {
        ["-6", "-json", "route", "show"] => SimulatedIp.Print(network.Interfaces.Where(each => each.IsUp).SelectMany(each => each.Addresses.Select(address => (each, address)))
            .Where(pair => pair.address.Address.Family == LvsAddressFamily.IPv6 && !pair.each.IsLoopback)
            .Select(pair => (JsonNode)new JsonObject { ["dst"] = Network(pair.address), ["dev"] = pair.each.Name, ["protocol"] = "kernel", ["metric"] = 256, ["flags"] = new JsonArray() })),
        ["-4", "-json", "route", "show", "exact", var prefix, "dev", var name] => SimulatedIp.Print(_hostRoutes.Contains((prefix, name))
            ? [new JsonObject { ["dst"] = prefix.Split('/')[0], ["scope"] = "link", ["flags"] = new JsonArray() }]
            : []),
        ["-4", "route", "add", var prefix, "dev", var name] => Add(prefix, name),
        ["-4", "route", "delete", var prefix, "dev", var name] => _hostRoutes.Remove((prefix, name)) ? Done : SimulatedIp.Refuse(NoRoute),
        ["-json", "route", "get", var target] => Get(target),
        ["-4" or "-6", "-json", "route", "get", var target] => Get(target),
        _ => null,
    };

    private ProgramResult Add(string prefix, string name)
    {
        if (network.Find(name) is null)
        {
            return new ProgramResult(1, string.Empty, $"Cannot find device \"{name}\"\n");
        }

        if (_hostRoutes.Contains((prefix, name)))
        {
            return SimulatedIp.Refuse("RTNETLINK answers: File exists");
        }

        _hostRoutes.Add((prefix, name));
        return Done;
    }

    private ProgramResult? Get(string target)
    {
        if (!LvsAddress.TryParse(target, out LvsAddress address, out _))
        {
            return null;
        }

        if (network.IsLocal(address))
        {
            return SimulatedIp.Print([new JsonObject { ["type"] = "local", ["dst"] = target, ["dev"] = "lo", ["prefsrc"] = target, ["flags"] = new JsonArray() }]);
        }

        foreach (SimulatedInterface each in network.Interfaces.Where(link => link.IsUp && !link.IsLoopback))
        {
            if (each.Addresses.Find(own => own.Contains(address)) is { } source)
            {
                return SimulatedIp.Print([new JsonObject { ["dst"] = target, ["dev"] = each.Name, ["prefsrc"] = $"{source.Address}", ["flags"] = new JsonArray() }]);
            }
        }

        return SimulatedIp.Refuse("RTNETLINK answers: Network is unreachable");
    }

    private static string Network(SimulatedAddress address)
    {
        UInt128 mask = address.PrefixLength == 0 ? 0 : UInt128.MaxValue << (128 - address.PrefixLength);
        return $"{ServerKey.ToAddress(ServerKey.IPv6, ServerKey.Bits(address.Address) & mask)}{(address.PrefixLength == 128 ? "" : $"/{address.PrefixLength}")}";
    }
}
