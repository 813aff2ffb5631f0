namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>The program and the bounds of an <see cref="SshHost"/>.</summary>
public sealed record SshOptions
{
    /// <summary>The OpenSSH client: a name on PATH, or a path.</summary>
    public string Program { get; init; } = "ssh";

    /// <summary>How many bytes a file that is read whole, or an output of a program, may have.</summary>
    public int ReplyLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many bytes a line of a file that is read by lines may have.</summary>
    public int LineLength { get; init; } = 64 * 1024;
}
