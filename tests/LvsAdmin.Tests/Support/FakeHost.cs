using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>A host of files in memory and programs that a test writes; it records what was done to it, in order.</summary>
internal sealed class FakeHost : ILvsHost
{
    internal SortedDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The permissions that were given to files.</summary>
    internal Dictionary<string, UnixFileMode> Modes { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers programs; the default says that they are missing.</summary>
    internal Func<ProgramInvocation, ProgramResult> Program { get; set; } =
        invocation => throw new LvsHostException(LvsHostError.ProgramMissing, $"'{invocation.Program}' is not on the fake host.");

    /// <summary>Says no to writes by throwing.</summary>
    internal Action<string, string> OnWrite { get; set; } = (_, _) => { };

    /// <summary>What changed the host: <c>write PATH VALUE</c>, <c>remove PATH</c>, and the command lines of programs.</summary>
    internal List<string> Log { get; } = [];

    public string Name => "fake";

    public string? NetworkNamespace { get; set; } = "blue";

    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken)
    {
        Log.Add(invocation.ToString());
        return ValueTask.FromResult(Program(invocation));
    }

    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Files.GetValueOrDefault(path));

    public async IAsyncEnumerable<string> ReadLinesAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string text = Files.GetValueOrDefault(path) ?? throw new LvsHostException(LvsHostError.FileMissing, $"There is no file {path}.");
        using StringReader reader = new(text);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    public ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        OnWrite(path, content);
        Log.Add($"write {path} {content.Trim()}");
        // As the kernel shows it: with a line's end, whether or not one was written.
        Files[path] = content.TrimEnd('\n') + "\n";
        if (mode is { } given)
        {
            Modes[path] = given;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken)
    {
        if (Files.Remove(path))
        {
            Log.Add($"remove {path}");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>(
            [.. Files.Keys.Where(file => file.StartsWith(path + "/", StringComparison.Ordinal))
                .Select(file => file[(path.Length + 1)..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal)]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
