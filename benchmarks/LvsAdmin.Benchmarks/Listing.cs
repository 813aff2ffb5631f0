using System.Diagnostics;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Benchmarks;

/// <summary>Listing 1,000 services with 10 real servers each.</summary>
internal static class Listing
{
    internal static IEnumerable<Contender> Contenders(Engine engine, Director director)
    {
        yield return new Contender("LvsAdmin, objects", () => ObjectsAsync(director));
        yield return new Contender("LvsAdmin, cmdlets", () => CmdletsAsync(engine, director));
        yield return new Contender("ipvsadm -Ln", () => IpvsadmAsync(director));
    }

    private static async Task<double> ObjectsAsync(Director director)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using IpvsClient client = await director.ConnectAsync();
        int servers = 0;
        foreach (LvsVirtualService service in await client.GetServicesAsync(CancellationToken.None))
        {
            servers += (await client.GetRealServersAsync(service.VirtualService, CancellationToken.None)).Count;
        }

        Expect(servers, Table.Services * Table.Servers);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static Task<double> CmdletsAsync(Engine engine, Director director)
    {
        Stopwatch watch = Stopwatch.StartNew();
        EngineResult result = engine.Run($"Get-LvsVirtualService -NetworkNamespace {director.Name} | Get-LvsRealServer");
        Expect(result.Output.Count, Table.Services * Table.Servers);
        return Task.FromResult(watch.Elapsed.TotalMilliseconds);
    }

    private static async Task<double> IpvsadmAsync(Director director)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = await director.RunAsync("ipvsadm", ["-L", "-n"]);
        Expect(output.Split('\n').Count(line => line.StartsWith("  -> 10.", StringComparison.Ordinal)), Table.Services * Table.Servers);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static void Expect(int found, int expected)
    {
        if (found != expected)
        {
            throw new InvalidOperationException($"{found} real servers were listed instead of {expected}.");
        }
    }
}
