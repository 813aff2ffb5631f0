namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The configuration of ldirectord(8), as 4.12 reads it: virtual services with their real servers, how they are checked, and their fallback. What ldirectord
/// has and we do not, such as mail to people, is noted with its line.
/// </summary>
public static class LdirectordText
{
    /// <summary>Reads a configuration of ldirectord.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="source">The file, for messages; null when there is none.</param>
    /// <param name="names">Looks up the names of hosts and services; null knows none.</param>
    /// <exception cref="LvsConfigurationException">ldirectord would not take the text; the line is named.</exception>
    public static ConfigurationReading Read(string text, string? source = null, TextNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new LdirectordReader(source, names ?? TextNames.None).Read(text);
    }

    /// <summary>Writes a configuration that ldirectord takes.</summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new LdirectordWriter().Write(configuration);
    }
}
