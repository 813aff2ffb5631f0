namespace LvsAdmin.Core.Hosts;

/// <summary>What came of a file that was read together with others.</summary>
/// <param name="Path">The file.</param>
/// <param name="Content">Its text; null when it is not there, or could not be read.</param>
/// <param name="Failure">Why it could not be read; null when it could, or is not there.</param>
public sealed record HostFileText(string Path, string? Content, LvsHostException? Failure)
{
    /// <summary>The text; null when the file is not there.</summary>
    /// <exception cref="LvsHostException">The file could not be read.</exception>
    public string? Text => Failure is null ? Content : throw Failure;
}
