namespace LvsAdmin.Commands;

/// <summary>This module as it is in another host's PowerShell.</summary>
public sealed record LvsModuleInstallation
{
    /// <summary>The host of the session.</summary>
    public required string HostName { get; init; }

    /// <summary>The module's version.</summary>
    public required Version Version { get; init; }

    /// <summary>The module's folder there.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it was copied now; false where the same version was there.</summary>
    public bool IsNew { get; init; }

    /// <summary>The version and the folder.</summary>
    public override string ToString() => $"LvsAdmin {Version} in {Path} on {HostName}";
}
