namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Host names as users write them: ranges and lists in brackets, comments of files, duplicates.</summary>
public static class HostNames
{
    /// <summary>Reads names.</summary>
    public static IReadOnlyList<SshTarget> Expand(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.Select(SshTarget.Parse).Distinct()];
    }
}
