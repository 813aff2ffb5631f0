namespace LvsAdmin.Core.Configuration;

/// <summary>What keepalived is told besides its file.</summary>
public sealed record KeepalivedOptions
{
    /// <summary>The configuration id, by which lines that begin with @ are chosen (keepalived(8), -i); null for none.</summary>
    public string? ConfigurationId { get; init; }

    /// <summary>
    /// Gives the files that an include names, in the order of their names: of the pattern as it is written, and the file in which it stands, against whose
    /// folder a relative one is meant. Null when no files can be read; an include is an error then.
    /// </summary>
    public Func<string, string?, IReadOnlyList<KeepalivedFile>>? Include { get; init; }
}
