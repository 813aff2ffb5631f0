using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Benchmarks;

/// <summary>
/// A director in a fresh network namespace. Removed servers stay in the kernel for two minutes and slow down every later addition, so no
/// measurement may come after another in the same one.
/// </summary>
internal sealed class Director : IAsyncDisposable
{
    private static int _count;

    private readonly LocalHost _machine = new();
    private readonly LocalHost _host;

    private Director(string name)
    {
        Name = name;
        _host = new LocalHost(name);
    }

    internal string Name { get; }

    internal static async Task<Director> CreateAsync()
    {
        string name = $"lvs-bench-{++_count}";
        await using LocalHost machine = new();
        Check(await machine.RunAsync(new ProgramInvocation("ip", "netns", "add", name), CancellationToken.None));
        // Without a first address, the kernel has no table of local routes there and takes every server's address for a broadcast one.
        Check(await machine.RunAsync(new ProgramInvocation("ip", "-netns", name, "link", "set", "lo", "up"), CancellationToken.None));
        return new Director(name);
    }

    internal async Task<IpvsClient> ConnectAsync() =>
        await IpvsClient.ConnectAsync(await _host.OpenNetlinkAsync(CancellationToken.None), _host.Name, Name, CancellationToken.None);

    /// <summary>Runs a program, which must succeed, and gives its output.</summary>
    internal async Task<string> RunAsync(string program, string[] arguments, string? input = null) =>
        Check(await _host.RunAsync(new ProgramInvocation(program, (IReadOnlyList<string>)arguments, input), CancellationToken.None)).Output;

    /// <summary>Counts services and servers by the independent witness.</summary>
    internal async Task CheckTableAsync()
    {
        int rules = (await RunAsync("ipvsadm", ["-S", "-n"])).Count(c => c == '\n');
        if (rules != Table.Services * (1 + Table.Servers))
        {
            throw new InvalidOperationException($"ipvsadm shows {rules} rules in {Name} instead of {Table.Services * (1 + Table.Servers)}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Check(await _machine.RunAsync(new ProgramInvocation("ip", "netns", "delete", Name), CancellationToken.None));
        await _machine.DisposeAsync();
        await SettleAsync();
    }

    // The kernel takes a namespace with its table apart in the background, and the runtime compiles there: neither belongs to the next measurement.
    private static async Task SettleAsync()
    {
        (long idle, long all) before = Processor();
        for (int attempt = 0; attempt < 150; attempt++)
        {
            await Task.Delay(200);
            (long idle, long all) now = Processor();
            if (now.idle - before.idle >= (now.all - before.all) * 0.9)
            {
                return;
            }

            before = now;
        }
    }

    // The first line of proc(5)'s /proc/stat: ticks in user, nice, system, idle, iowait and more, summed over all processors.
    private static (long Idle, long All) Processor()
    {
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(long.Parse)];
        return (ticks[3] + ticks[4], ticks.Sum());
    }

    private static ProgramResult Check(ProgramResult result) => result.ExitCode == 0
        ? result
        : throw new InvalidOperationException($"A program ended with {result.ExitCode}: {result.Error}");
}
