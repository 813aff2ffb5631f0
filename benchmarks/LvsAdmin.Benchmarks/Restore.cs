using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Benchmarks;

/// <summary>Restoring 1,000 services with 10 real servers each.</summary>
internal static class Restore
{
    internal static IEnumerable<Contender> Contenders(Engine engine)
    {
        yield return new Contender("LvsAdmin, one batch", BatchAsync);
        yield return new Contender("LvsAdmin, cmdlets", () => CmdletsAsync(engine));
        yield return new Contender("ipvsadm -R", IpvsadmAsync);
        yield return new Contender("LvsAdmin, one batch over SSH", RemoteAsync);
        if (Compile() is { } program)
        {
            yield return new Contender("C program, same batches", () => CProgramAsync(program));
        }
        else
        {
            Console.WriteLine("There is no C compiler (cc) on this machine: the bare C program is not measured.");
        }
    }

    private static async Task<double> BatchAsync()
    {
        await using Director director = await Director.CreateAsync();
        await using IpvsClient client = await director.ConnectAsync();
        double time = await ApplyAsync(client);
        await director.CheckTableAsync();
        return time;
    }

    private static async Task<double> RemoteAsync()
    {
        await using RemoteDirector director = await RemoteDirector.CreateAsync();
        await using IpvsClient client = await director.ConnectAsync();
        double time = await ApplyAsync(client);
        await director.CheckTableAsync();
        return time;
    }

    private static async Task<double> ApplyAsync(IpvsClient client)
    {
        IReadOnlyList<IpvsChange> changes = Table.Changes();

        Stopwatch watch = Stopwatch.StartNew();
        IReadOnlyList<IpvsException?> refusals = await client.ApplyAsync(changes, CancellationToken.None);
        watch.Stop();

        if (refusals.FirstOrDefault(refusal => refusal is not null) is { } refusal)
        {
            throw refusal;
        }

        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<double> CmdletsAsync(Engine engine)
    {
        await using Director director = await Director.CreateAsync();
        string services = string.Join(',', Table.VirtualServices.Select(service => $"'{service.VirtualService}'"));
        string servers = string.Join(',', Table.RealServers.Select(server => $"'{server.RealServer}'"));
        engine.Run($"$services = {services}; $servers = {servers}");

        Stopwatch watch = Stopwatch.StartNew();
        EngineResult result = engine.Run($"$services | New-LvsVirtualService -NetworkNamespace {director.Name}; $services | Add-LvsRealServer $servers -NetworkNamespace {director.Name}");
        watch.Stop();

        if (result.HadErrors)
        {
            throw new InvalidOperationException(result.Errors[0].ToString());
        }

        await director.CheckTableAsync();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>What ipvsadm takes for it.</summary>
    internal static async Task<double> IpvsadmAsync()
    {
        await using Director director = await Director.CreateAsync();
        string rules = Table.Rules();

        Stopwatch watch = Stopwatch.StartNew();
        await director.RunAsync("ipvsadm", ["-R"], rules);
        watch.Stop();

        await director.CheckTableAsync();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<double> CProgramAsync(string program)
    {
        await using Director director = await Director.CreateAsync();
        string microseconds = await director.RunAsync(
            program, [Table.Services.ToString(CultureInfo.InvariantCulture), Table.Servers.ToString(CultureInfo.InvariantCulture)]);
        await director.CheckTableAsync();
        return double.Parse(microseconds, CultureInfo.InvariantCulture) / 1000;
    }

    private static string? Compile()
    {
        string program = Path.Combine(Path.GetTempPath(), "lvs-bench-batch");
        try
        {
            using Process compiler = Process.Start("cc", ["-O2", "-o", program, Path.Combine(AppContext.BaseDirectory, "batch.c")]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? program : throw new InvalidOperationException("batch.c does not compile.");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
