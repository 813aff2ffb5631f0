using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace LvsAdmin.Commands.Remoting;

/// <summary>What is known of PowerShell sessions: whether they can be used, and which version of this module is there.</summary>
internal static class RemoteSessions
{
    private const string Probe = "Get-LvsVirtualService";

    // How long a session may be busy with what others run in it; what this module runs in it is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly ConditionalWeakTable<Runspace, Version> Seen = [];
    private static readonly ConditionalWeakTable<Runspace, SemaphoreSlim> Gates = [];

    /// <summary>The version of this module.</summary>
    internal static Version OwnVersion { get; } = Brief(typeof(RemoteSessions).Assembly.GetName().Version!);

    /// <summary>The host of a session as outputs and messages name it.</summary>
    internal static string HostOf(PSSession session) => string.IsNullOrEmpty(session.ComputerName) ? session.Name : session.ComputerName;

    /// <summary>
    /// Waits for a session's turn: it runs one command at a time, and in a pipeline of several that go to the same session each begins when the one before has ended.
    /// </summary>
    /// <returns>To be disposed of when the turn is over.</returns>
    /// <exception cref="RemoteSessionException">It is not open, or something else runs in it: ConnectionLost, SessionBusy.</exception>
    internal static async Task<IDisposable> EnterAsync(PSSession session, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = Gates.GetValue(session.Runspace, static _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            long began = Stopwatch.GetTimestamp();
            while (true)
            {
                if (session.Runspace.RunspaceStateInfo.State != RunspaceState.Opened)
                {
                    throw Lost(session, session.Runspace.RunspaceStateInfo.Reason);
                }

                if (session.Runspace.RunspaceAvailability != RunspaceAvailability.Busy)
                {
                    return new Turn(gate);
                }

                if (Stopwatch.GetElapsedTime(began) > Patience)
                {
                    throw new RemoteSessionException(
                        "SessionBusy", ErrorCategory.ResourceBusy,
                        $"The session {session.Name} to {HostOf(session)} runs another command: a session runs one at a time. Wait for it, or open another session.");
                }

                await Task.Delay(20, cancellationToken);
            }
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    /// <summary>Sees to it, once a session, that it has this module.</summary>
    /// <exception cref="RemoteSessionException">It has not: ModuleMissing, ModuleTooOld.</exception>
    internal static async Task RequireModuleAsync(PSSession session, CancellationToken cancellationToken)
    {
        if (Seen.TryGetValue(session.Runspace, out _))
        {
            return;
        }

        Version version = await FindModuleAsync(session, cancellationToken);
        if (version < OwnVersion)
        {
            throw new RemoteSessionException(
                "ModuleTooOld", ErrorCategory.NotInstalled,
                $"The session {session.Name} to {HostOf(session)} has {RemoteCommand.Module} {version}, older than {OwnVersion} here. Copy this version there with Install-LvsModule -Session, and open a new session.");
        }

        Seen.AddOrUpdate(session.Runspace, version);
    }

    /// <summary>Has the module looked for again in a session.</summary>
    internal static void Forget(PSSession session) => Seen.Remove(session.Runspace);

    /// <summary>The error record of a session that failed as a whole.</summary>
    internal static ErrorRecord ToRecord(RemoteSessionException exception, PSSession session) =>
        new RemotingErrorRecord(new ErrorRecord(exception, exception.Id, exception.Category, session), new OriginInfo(HostOf(session), session.InstanceId));

    /// <summary>The error of a session that is closed, broken, or broke.</summary>
    internal static RemoteSessionException Lost(PSSession session, Exception? reason) => new(
        "ConnectionLost", ErrorCategory.ConnectionError,
        $"The session {session.Name} to {HostOf(session)} is not open (state {session.Runspace.RunspaceStateInfo.State}){(reason is null ? "." : $": {reason.Message.TrimEnd()}")} Open a new one with New-PSSession.",
        reason);

    /// <summary>Whether an exception of a remote command means that the session itself is gone.</summary>
    internal static bool IsLost(PSSession session, Exception exception) =>
        session.Runspace.RunspaceStateInfo.State != RunspaceState.Opened
        || exception is PSRemotingTransportException or InvalidRunspaceStateException;

    /// <summary>Runs commands in a session and collects what they write; to stop takes a second at most.</summary>
    /// <exception cref="RemoteException">They ended in an error.</exception>
    internal static async Task<IReadOnlyList<PSObject>> RunAsync(
        PSSession session, Action<PowerShell> compose, CancellationToken cancellationToken)
    {
        PSDataCollection<PSObject> output = [];
        await RemoteRun.InvokeAsync(session, compose, input: null, output, host: null, cancellationToken);
        return [.. output];
    }

    // Asked by commands, not by a script: a restricted endpoint allows these, and no language.
    private static async Task<Version> FindModuleAsync(PSSession session, CancellationToken cancellationToken)
    {
        if (await FindCommandAsync(session, cancellationToken) is { } found)
        {
            return found;
        }

        // It may be there and not load, for which there is a reason; or be there with automatic loading off.
        string reason = string.Empty;
        try
        {
            await RunAsync(session, shell => shell.AddCommand("Import-Module").AddParameter("Name", RemoteCommand.Module).AddParameter("ErrorAction", "Stop"), cancellationToken);
            if (await FindCommandAsync(session, cancellationToken) is { } loaded)
            {
                return loaded;
            }
        }
        catch (RuntimeException exception) when (!IsLost(session, exception) && !cancellationToken.IsCancellationRequested)
        {
            reason = $" PowerShell there says: {exception.Message.TrimEnd()}";
        }

        throw new RemoteSessionException(
            "ModuleMissing", ErrorCategory.NotInstalled,
            $"The session {session.Name} to {HostOf(session)} has no module {RemoteCommand.Module}. Install-LvsModule -Session copies it there.{reason}");
    }

    private static async Task<Version?> FindCommandAsync(PSSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<PSObject> commands = await RunAsync(
            session, shell => shell.AddCommand("Get-Command").AddParameter("Name", Probe).AddParameter("ErrorAction", "SilentlyContinue"), cancellationToken);
        PSObject? command = commands.FirstOrDefault(one => one.Properties["ModuleName"]?.Value as string == RemoteCommand.Module);
        // A proxy of a restricted endpoint has no version; that endpoint's maker answers for it.
        return command is null ? null
            : LanguagePrimitives.TryConvertTo(command.Properties["Version"]?.Value, out Version version) && version is not null ? Brief(version)
            : OwnVersion;
    }

    /// <summary>A version as module manifests have it: three parts.</summary>
    private static Version Brief(Version version) => new(version.Major, version.Minor, Math.Max(version.Build, 0));

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}
