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
    }

    private static ProgramResult Check(ProgramResult result) => result.ExitCode == 0
        ? result
        : throw new InvalidOperationException($"A program ended with {result.ExitCode}: {result.Error}");
}
