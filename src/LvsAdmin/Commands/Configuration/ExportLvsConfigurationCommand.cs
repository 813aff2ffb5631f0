using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Writes what directors have as desired states, to files or to the pipeline.</summary>
[Cmdlet(VerbsData.Export, "LvsConfiguration", SupportsShouldProcess = true)]
[OutputType(typeof(LvsConfiguration), typeof(FileInfo))]
public sealed class ExportLvsConfigurationCommand : LvsHostCommand
{
    private const string HostNamePlace = "{HostName}";

    private readonly ConcurrentDictionary<string, bool> _written = new(StringComparer.Ordinal);

    /// <summary>The file to write; {HostName} in it stands for the name of each director. Without it, objects are written to the pipeline.</summary>
    [Parameter(Position = 0)]
    [Alias("FilePath")]
    public string? Path { get; set; }

    /// <summary>How the file is written, where its ending does not tell: Json, Psd1, Ipvsadm, Keepalived or Ldirectord.</summary>
    [Parameter]
    public LvsConfigurationFormat Format { get; set; }

    /// <summary>Only these services: patterns of their text form with * and ?. They become the scope of the document.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? VirtualService { get; set; }

    /// <summary>Services, real servers, timeouts and sync daemons only.</summary>
    [Parameter]
    public SwitchParameter TableOnly { get; set; }

    /// <summary>Overwrite no file.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    // Files are written here, whatever machine the state is read on.
    private protected override IReadOnlyCollection<string> LocalParameters => [nameof(Path), nameof(Format), nameof(NoClobber)];

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        if (Path is not null && !MyInvocation.BoundParameters.ContainsKey(nameof(Format)))
        {
            if (ConfigurationText.FormatOf(Path) is not { } format)
            {
                string message = $"'{Path}' does not tell how it is to be written: name it by -Format (Json, Psd1, Ipvsadm, Keepalived, Ldirectord).";
                ThrowTerminatingError(Errors.ToRecord(Refuse("ConfigurationFormatUnclear", message), Path));
                return;
            }

            Format = format;
        }

        await base.BeginAsync();
    }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        IpvsClient client = await ConnectAsync();
        string[] services = VirtualService ?? [];
        LvsConfiguration read = TableOnly
            ? await ConfigurationExport.ReadTableAsync(client, services, StopToken)
            : await ConfigurationExport.ReadAllAsync(TargetHost, client, services, StopToken);
        string host = CurrentHost.Name;
        await InvokeAsync(() => Write(read, host));
    }

    private protected override bool TakeFromSession(PSObject value)
    {
        if (DesiredState.Of(value) is not { } read)
        {
            return false;
        }

        Write(read, value.Properties["PSComputerName"]?.Value?.ToString() ?? string.Empty);
        return true;
    }

    private void Write(LvsConfiguration read, string host)
    {
        if (Path is null)
        {
            WriteObject(read);
            return;
        }

        // A name of a host may have what no file's may.
        string name = string.Concat(host.Select(letter => System.IO.Path.GetInvalidFileNameChars().Contains(letter) || letter is ':' or '\\' ? '-' : letter));
        string path = GetUnresolvedProviderPathFromPSPath(Path.Replace(HostNamePlace, name, StringComparison.OrdinalIgnoreCase));
        if (!_written.TryAdd(path, true))
        {
            WriteError(Errors.ToRecord(
                Refuse("ExportedTwice", $"{host} would be written over another director's state in {path}: write {HostNamePlace} where the files' names shall differ."), host));
            return;
        }

        if (NoClobber && File.Exists(path))
        {
            WriteError(Errors.ToRecord(Refuse("FileExists", $"There is a file {path} already, and -NoClobber overwrites none."), path));
            return;
        }

        ConfigurationWriting writing = ConfigurationText.Write(read, Format);
        foreach (ConfigurationNote note in writing.Notes)
        {
            WriteWarning(note.ToString());
        }

        if (ShouldProcess(path, $"Export the state of {host}"))
        {
            try
            {
                File.WriteAllText(path, writing.Text);
                WriteObject(new FileInfo(path));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(exception, "FileNotWritten", ErrorCategory.WriteError, path));
            }
        }
    }

    private static LvsValidationException Refuse(string id, string message) => new(id, message);
}
