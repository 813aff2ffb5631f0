using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Hosting;

namespace LvsAdmin.Benchmarks;

/// <summary>One question to 40 hosts of lab/fleet at once.</summary>
internal static class Fleet
{
    internal const int Hosts = 40;

    private static readonly string Names = $"rs[1-{Hosts}]";

    /// <summary>Whether this runs as the administrator of lab/fleet.</summary>
    internal static bool IsHere => Environment.GetEnvironmentVariable("LVS_FLEET") is not null;

    internal static IEnumerable<Contender> Contenders(Engine engine)
    {
        yield return new Contender("LvsAdmin, logging in", () => AskAsync(engine, $"Get-LvsArpPolicy all -HostName {Names}"));
        yield return new Contender("xargs -P 32 ssh HOST ip -j addr", XargsAsync);
        if (HasPowerShell())
        {
            yield return new Contender("Invoke-Command -HostName", InvokeCommandAsync);
        }
        else
        {
            Console.WriteLine("There is no pwsh on this machine: Invoke-Command is not measured.");
        }
    }

    internal static IEnumerable<Contender> Sessions(Engine engine)
    {
        EngineResult opened = engine.Run($"$sessions = New-LvsSession {Names}; $sessions");
        Check(opened, Hosts);
        yield return new Contender("LvsAdmin, sessions, ARP policy", () => AskAsync(engine, "Get-LvsArpPolicy all -LvsSession $sessions"));
        yield return new Contender("LvsAdmin, sessions, director", () => AskAsync(engine, "Get-LvsDirector -LvsSession $sessions"));
    }

    private static Task<double> AskAsync(Engine engine, string line)
    {
        Stopwatch watch = Stopwatch.StartNew();
        EngineResult result = engine.Run(line);
        watch.Stop();
        Check(result, Hosts);
        return Task.FromResult(watch.Elapsed.TotalMilliseconds);
    }

    private static void Check(EngineResult result, int count)
    {
        if (result.HadErrors || result.Output.Count != count)
        {
            throw new InvalidOperationException($"{result.Output.Count} of {count} hosts answered: {(result.HadErrors ? result.Errors[0] : null)}");
        }
    }

    private static async Task<double> XargsAsync()
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = await RunAsync("bash", ["-c", $"set -o pipefail; printf 'rs%s\\n' {{1..{Hosts}}} | xargs -P 32 -I HOST ssh HOST ip -j addr"]);
        watch.Stop();
        int answers = output.Split("\"ifname\":\"lo\"").Length - 1;
        return answers == Hosts ? watch.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{answers} of {Hosts} hosts answered xargs.");
    }

    // Measured in pwsh itself, so that its own start does not count.
    private static async Task<double> InvokeCommandAsync() => double.Parse(
        await RunAsync("pwsh", ["-NoProfile", "-NonInteractive", "-Command",
            $"$ErrorActionPreference = 'Stop'; $hosts = 1..{Hosts} | ForEach-Object {{ \"rs$_\" }}; "
            + "$time = Measure-Command { $answers = Invoke-Command -HostName $hosts { Get-Content /proc/sys/net/ipv4/conf/all/arp_ignore } }; "
            + $"if (@($answers).Count -ne {Hosts}) {{ throw \"$(@($answers).Count) hosts answered\" }}; $time.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)"]),
        CultureInfo.InvariantCulture);

    private static bool HasPowerShell()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("pwsh", ["-Version"]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
