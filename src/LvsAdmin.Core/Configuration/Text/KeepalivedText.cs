namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The virtual servers of keepalived.conf(5), as keepalived 2.2 reads them: with groups, firewall marks, quorum, sorry servers, checkers, definitions,
/// conditions, repetitions and included files. What keepalived has and we do not, such as VRRP, is noted with its line.
/// </summary>
public static class KeepalivedText
{
    /// <summary>Reads a configuration of keepalived.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="source">The file, for messages and for what it includes; null when there is none.</param>
    /// <param name="options">What keepalived is told besides; null for nothing.</param>
    /// <exception cref="LvsConfigurationException">keepalived would not take the text, or would leave parts of it out; the line is named.</exception>
    public static ConfigurationReading Read(string text, string? source = null, KeepalivedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new KeepalivedReader().Read(text, source, options ?? new KeepalivedOptions());
    }

    /// <summary>Writes a configuration that <c>keepalived -t</c> accepts: timeouts, and the virtual servers with their checkers.</summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new KeepalivedWriter().Write(configuration);
    }
}
