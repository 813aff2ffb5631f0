namespace LvsAdmin.Core.Configuration;

/// <summary>Desired states as text, in whichever format.</summary>
public static class ConfigurationText
{
    /// <summary>The format that the name of a file tells; null when it tells none.</summary>
    /// <param name="path">The file: *.json, *.psd1, *.rules or *.ipvsadm (and ipvsadm itself), keepalived*.conf, ldirectord*.cf.</param>
    public static LvsConfigurationFormat? FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        // Of whichever system the path is.
        string name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..].ToUpperInvariant();
        return Path.GetExtension(name) switch
        {
            ".JSON" or ".JSONC" => LvsConfigurationFormat.Json,
            ".PSD1" => LvsConfigurationFormat.Psd1,
            ".RULES" or ".IPVSADM" => LvsConfigurationFormat.Ipvsadm,
            ".CONF" when name.StartsWith("KEEPALIVED", StringComparison.Ordinal) => LvsConfigurationFormat.Keepalived,
            ".CF" or ".CONF" when name.StartsWith("LDIRECTORD", StringComparison.Ordinal) => LvsConfigurationFormat.Ldirectord,
            // Red Hat's /etc/sysconfig/ipvsadm.
            "" when name == "IPVSADM" => LvsConfigurationFormat.Ipvsadm,
            _ => null,
        };
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">How it is written; not Psd1, which only PowerShell reads.</param>
    /// <param name="source">The file; null when the text has no name.</param>
    /// <param name="names">What names of hosts and services in the text of another program stand for; null when that is not known.</param>
    /// <param name="include">Gives the files that a text of keepalived includes (<see cref="KeepalivedOptions.Include"/>); null when none can be read.</param>
    /// <exception cref="LvsConfigurationException">It is no desired state.</exception>
    public static ConfigurationReading Read(
        string text, LvsConfigurationFormat format, string? source, TextNames? names = null, Func<string, string?, IReadOnlyList<KeepalivedFile>>? include = null) => format switch
        {
            LvsConfigurationFormat.Json => JsonText.Read(text, source),
            LvsConfigurationFormat.Ipvsadm => IpvsadmText.Read(text, source, names),
            LvsConfigurationFormat.Keepalived => KeepalivedText.Read(text, source, new KeepalivedOptions { Include = include }),
            LvsConfigurationFormat.Ldirectord => LdirectordText.Read(text, source, names),
            _ => throw new NotSupportedException($"{format} is read by PowerShell alone."),
        };

    /// <summary>Writes a desired state. What the format cannot say is told in the notes.</summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration, LvsConfigurationFormat format) => format switch
    {
        LvsConfigurationFormat.Json => JsonText.Write(configuration),
        LvsConfigurationFormat.Psd1 => Psd1Text.Write(configuration),
        LvsConfigurationFormat.Ipvsadm => IpvsadmText.Write(configuration),
        LvsConfigurationFormat.Keepalived => KeepalivedText.Write(configuration),
        LvsConfigurationFormat.Ldirectord => LdirectordText.Write(configuration),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };
}
