using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using DriveNotFoundException = System.Management.Automation.DriveNotFoundException;

namespace LvsAdmin.Commands;

/// <summary>Reads desired states from files and texts, as cmdlets name them.</summary>
internal static class ConfigurationFiles
{
    /// <summary>Reads one file.</summary>
    /// <param name="cmdlet">Whose present location a relative path begins at.</param>
    /// <param name="path">The file, as PowerShell writes paths.</param>
    /// <param name="format">How it is written; null for as its name says.</param>
    /// <exception cref="LvsConfigurationException">There is no such file, more than one, or it is no desired state.</exception>
    internal static ConfigurationReading Read(PSCmdlet cmdlet, string path, LvsConfigurationFormat? format) => Resolve(cmdlet, path, isLiteral: false) switch
    {
        [var only] => Read(only, format),
        [] => throw Missing(path),
        var several => throw new LvsConfigurationException(
            "ConfigurationFileUnclear", new ConfigurationNote($"'{path}' is {several.Count} files, and one is wanted: {string.Join(", ", several)}.")),
    };

    /// <summary>The files that a path of PowerShell means: of wildcards any number, of a plain path one.</summary>
    /// <exception cref="LvsConfigurationException">There is no such file, or the path does not lead to files.</exception>
    internal static IReadOnlyList<string> Resolve(PSCmdlet cmdlet, string path, bool isLiteral)
    {
        try
        {
            IReadOnlyList<string> files;
            ProviderInfo provider;
            if (isLiteral)
            {
                files = [cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)];
            }
            else
            {
                files = [.. cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider)];
            }

            return provider.Name == "FileSystem"
                ? files
                : throw new LvsConfigurationException("ConfigurationFileMissing", new ConfigurationNote($"'{path}' is no file: it leads to the provider {provider.Name}."));
        }
        catch (Exception exception) when (exception is ItemNotFoundException or DriveNotFoundException or ProviderNotFoundException or PSNotSupportedException)
        {
            throw Missing(path, exception);
        }
    }

    /// <summary>Reads a file by its path on this machine.</summary>
    /// <exception cref="LvsConfigurationException">It cannot be read, or is no desired state.</exception>
    internal static ConfigurationReading Read(string file, LvsConfigurationFormat? format)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(file, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LvsConfigurationException([new ConfigurationProblem("ConfigurationFileUnreadable", new ConfigurationNote(exception.Message, file))], exception);
        }

        LvsConfigurationFormat known = format ?? ConfigurationText.FormatOf(file) ?? throw new LvsConfigurationException(
            "ConfigurationFormatUnclear",
            new ConfigurationNote("The name does not tell how the file is written: name it by -Format (Json, Psd1, Ipvsadm, Keepalived, Ldirectord).", file));
        return Parse(text, known, file);
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="LvsConfigurationException">It is no desired state.</exception>
    internal static ConfigurationReading Parse(string text, LvsConfigurationFormat format, string? source) => format == LvsConfigurationFormat.Psd1
        ? DocumentBinder.Bind(Psd1Reader.Read(text, source), source, ignoreCase: true)
        : ConfigurationText.Read(text, format, source, LocalLookup.Names, LocalLookup.Include);

    private static LvsConfigurationException Missing(string path, Exception? cause = null) =>
        new([new ConfigurationProblem("ConfigurationFileMissing", new ConfigurationNote($"There is no file '{path}'."))], cause);
}
