using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Reads desired states from files.</summary>
internal static class ConfigurationFiles
{
    /// <summary>Reads a file.</summary>
    internal static ConfigurationReading Read(PSCmdlet cmdlet, string path, LvsConfigurationFormat? format)
    {
        string file = cmdlet.GetUnresolvedProviderPathFromPSPath(path);
        return format is null or LvsConfigurationFormat.Json ? JsonText.Read(File.ReadAllText(file), path) : throw new PSNotSupportedException($"{format}");
    }
}
