using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LvsAdmin.Commands.Remoting;

/// <summary>Copies this module into one session's host, whole or not at all.</summary>
internal static class ModuleInstallation
{
    // Below what any endpoint takes as one object (10 MB as text), and enough that few objects are needed.
    private const int ChunkLength = 512 * 1024;

    private static readonly string Look = Script("Look");
    private static readonly string Receive = Script("Receive");

    /// <summary>Asks the other side where modules belong there and what is there. Changes nothing.</summary>
    /// <exception cref="RemoteSessionException">The session cannot be used, or its PowerShell is too old for this module.</exception>
    internal static async Task<ModuleState> LookAsync(PSSession session, LvsModuleScope scope, CancellationToken cancellationToken)
    {
        PSObject found = (await RunAsync(
            session,
            shell => shell.AddScript(Look).AddParameter("scope", scope.ToString()).AddParameter("version", RemoteSessions.OwnVersion.ToString()),
            input: null, cancellationToken)).Single();
        Version there = LanguagePrimitives.ConvertTo<Version>(found.Properties["PowerShell"].Value);
        if (there < new Version(7, 4))
        {
            throw new RemoteSessionException(
                "PowerShellTooOld", ErrorCategory.NotInstalled,
                $"The session {session.Name} to {RemoteSessions.HostOf(session)} runs PowerShell {there}; {RemoteCommand.Module} needs 7.4 or later there.");
        }

        return new ModuleState(
            Text(found, "Path"),
            LanguagePrimitives.IsTrue(found.Properties["Present"].Value),
            found.Properties["Loaded"].Value is string loaded ? Version.Parse(loaded) : null);
    }

    /// <summary>Copies the files next to their place, looks at them there, and puts them in their place.</summary>
    /// <param name="session">Where to.</param>
    /// <param name="folder">The module's folder here.</param>
    /// <param name="path">Its folder there.</param>
    /// <param name="cancellationToken">Stops it; nothing is left there.</param>
    internal static async Task CopyAsync(PSSession session, string folder, string path, CancellationToken cancellationToken)
    {
        using PSDataCollection<object?> chunks = [];
        Hashtable digests = [];
        foreach ((string name, string file) in ModuleFiles.In(folder))
        {
            byte[] content = await File.ReadAllBytesAsync(file, cancellationToken);
            digests.Add(name, ModuleFiles.Digest(content));
            for (int offset = 0; offset == 0 || offset < content.Length; offset += ChunkLength)
            {
                chunks.Add(new Hashtable { ["Name"] = name, ["Bytes"] = content[offset..Math.Min(offset + ChunkLength, content.Length)] });
            }
        }

        chunks.Complete();
        await RunAsync(session, shell => shell.AddScript(Receive).AddParameter("path", path).AddParameter("digests", digests), chunks, cancellationToken);
        RemoteSessions.Forget(session);
    }

    private static async Task<IReadOnlyList<PSObject>> RunAsync(
        PSSession session, Action<PowerShell> compose, PSDataCollection<object?>? input, CancellationToken cancellationToken)
    {
        PSDataCollection<PSObject> output = [];
        try
        {
            await RemoteRun.InvokeAsync(session, compose, input, output, host: null, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && RemoteSessions.IsLost(session, exception))
        {
            throw RemoteSessions.Lost(session, exception);
        }
        catch (RuntimeException exception)
        {
            string message = $"{RemoteCommand.Module} was not copied to {RemoteSessions.HostOf(session)}: {exception.Message}";
            throw exception.ErrorRecord?.CategoryInfo.Category == ErrorCategory.PermissionDenied
                ? new RemoteSessionException("AccessDenied", ErrorCategory.PermissionDenied, $"{message} Use -Scope CurrentUser, or a session of a user who may write there.", exception)
                : new RemoteSessionException("InstallationFailed", ErrorCategory.WriteError, message, exception);
        }

        return [.. output];
    }

    private static string Text(PSObject value, string name) => value.Properties[name].Value.ToString()!;

    private static string Script(string name)
    {
        using Stream stream = typeof(ModuleInstallation).Assembly.GetManifestResourceStream($"LvsAdmin.Commands.Remoting.{name}.ps1")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
