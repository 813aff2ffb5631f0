namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The files of a simulated host. Not for concurrent use.</summary>
internal sealed class SimulatedFiles
{
    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Files whose text is made when they are read.</summary>
    internal Dictionary<string, Func<string>> Live { get; } = new(StringComparer.Ordinal);

    /// <summary>The text of a file; null when there is none.</summary>
    internal string? Read(string path) => Live.TryGetValue(path, out Func<string>? live) ? live() : _texts.GetValueOrDefault(path);

    /// <summary>Writes a file, made when it is missing.</summary>
    internal void Write(string path, string text) => _texts[path] = text;

    internal void Remove(string path) => _texts.Remove(path);

    /// <summary>Removes what is below a directory.</summary>
    internal void RemoveBelow(string directory)
    {
        foreach (string path in Paths(directory).ToArray())
        {
            _texts.Remove(path);
        }
    }

    /// <summary>The paths of the files below a directory.</summary>
    internal IEnumerable<string> Paths(string directory)
    {
        string start = directory.TrimEnd('/') + "/";
        return _texts.Keys.Concat(Live.Keys).Where(path => path.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>The names in a directory, sorted.</summary>
    internal IReadOnlyList<string> List(string directory)
    {
        int start = directory.TrimEnd('/').Length + 1;
        return [.. Paths(directory).Select(path => path[start..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];
    }
}
