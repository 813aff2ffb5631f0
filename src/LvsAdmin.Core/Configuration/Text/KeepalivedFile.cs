namespace LvsAdmin.Core.Configuration;

/// <summary>A file of keepalived that another one includes.</summary>
/// <param name="Path">Its path, for messages and for what it includes itself.</param>
/// <param name="Text">What it says.</param>
public sealed record KeepalivedFile(string Path, string Text);
