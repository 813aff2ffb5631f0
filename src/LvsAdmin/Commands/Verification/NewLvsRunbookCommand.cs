using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Writes the beginning of a runbook for a virtual service as it stands: a script that builds it, and Pester tests that verify it.</summary>
[Cmdlet(VerbsCommon.New, "LvsRunbook", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewLvsRunbookCommand : VirtualServiceCommand
{
    /// <summary>The folder to write to, which is made where it is not there; the present one unless said otherwise.</summary>
    [Parameter(Position = 1)]
    public string Path { get; set; } = ".";

    /// <summary>The name of both files without their ending; of the service (tcp-192.0.2.10-80) unless said otherwise. For one service only.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The real servers' hosts, for the runbook to know; their own addresses over SSH unless said otherwise.</summary>
    [Parameter]
    public LvsHostArgument[]? RealServerHost { get; set; }

    /// <summary>Overwrite files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync()
    {
        int count = 0;
        return ForEachServiceAsync(required: true, async (client, service) =>
        {
            if (Name is not null && ++count > 1)
            {
                throw new LvsValidationException("RunbookNamedTwice", $"-Name {Name} is the name of one runbook, and there are several services: leave it out, or choose one of them.");
            }

            LvsConfiguration read = await ConfigurationExport.ReadTableAsync(client, [$"{service.VirtualService}"], StopToken);
            RunbookText text = new(
                read with { Timeout = null, SyncDaemons = null },
                TableOf(CurrentHost),
                RealServerHost is null
                    ? [.. (read.VirtualServices[0].RealServers ?? []).Select(server => $"{server.Settings.RealServer.Address}").Distinct().Select(address => $"@{{ HostName = {RunbookText.Quote(address)} }}")]
                    : [.. Referenced(RealServerHost).Select(TableOf)]);
            string name = Name ?? FileName(service.VirtualService);
            await InvokeAsync(() => Write(name, text, $"{service.VirtualService}"));
        });
    }

    // tcp/[2001:db8::10]:80 becomes tcp-2001-db8--10-80.
    private static string FileName(LvsServiceId service) =>
        string.Concat($"{service}".Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.' ? letter : letter is '[' or ']' ? '\0' : '-').Where(letter => letter != '\0'));

    // A session ends with its process: the runbook knows the host by its name.
    private static string TableOf(HostReference host) => host switch
    {
        HostReference.Local { NetworkNamespace: null } => "@{}",
        HostReference.Local { NetworkNamespace: { } space } => $"@{{ NetworkNamespace = {RunbookText.Quote(space)} }}",
        _ => $"@{{ HostName = {RunbookText.Quote(host.Name)} }}",
    };

    private void Write(string name, RunbookText text, string service)
    {
        string folder = GetUnresolvedProviderPathFromPSPath(Path);
        (string File, string Content)[] files = [($"{name}.ps1", text.Script(name)), ($"{name}.Tests.ps1", text.Tests(name))];
        foreach (string there in files.Select(file => System.IO.Path.Combine(folder, file.File)).Where(file => File.Exists(file) && !Force))
        {
            WriteError(Errors.ToRecord(new LvsValidationException("FileExists", $"There is a file {there} already: -Force overwrites it."), there));
            return;
        }

        foreach ((string file, string content) in files)
        {
            string path = System.IO.Path.Combine(folder, file);
            if (!ShouldProcess(path, $"Write the runbook of {service}"))
            {
                continue;
            }

            try
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(path, content);
                // As Get-Item shows it.
                WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(exception, "FileNotWritten", ErrorCategory.WriteError, path));
            }
        }
    }
}
