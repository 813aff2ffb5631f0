using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Commands.Remoting;

namespace LvsAdmin.Commands;

/// <summary>Copies this module over PowerShell sessions to the hosts that they are on, so that its cmdlets can be run there with -Session.</summary>
[Cmdlet(VerbsLifecycle.Install, "LvsModule", SupportsShouldProcess = true)]
[OutputType(typeof(LvsModuleInstallation))]
public sealed class InstallLvsModuleCommand : AsyncCommand
{
    private const int AtOnce = 32;

    private readonly List<PSSession> _sessions = [];

    /// <summary>The sessions, of New-PSSession.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSSession[] Session { get; set; } = [];

    /// <summary>For whom: CurrentUser, who is the session's user, unless said otherwise; or AllUsers.</summary>
    [Parameter]
    public LvsModuleScope Scope { get; set; }

    /// <summary>Copy it also where the same version is.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write what is on each host then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync()
    {
        _sessions.AddRange(Session);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync()
    {
        using SemaphoreSlim turns = new(AtOnce);
        await Task.WhenAll(_sessions.DistinctBy(session => session.InstanceId).Select(session => InTurnAsync(turns, session)));
    }

    private async Task InTurnAsync(SemaphoreSlim turns, PSSession session)
    {
        await turns.WaitAsync(StopToken);
        try
        {
            using IDisposable turn = await RemoteSessions.EnterAsync(session, StopToken);
            await InstallAsync(session);
        }
        catch (RemoteSessionException exception)
        {
            await ErrorAsync(RemoteSessions.ToRecord(exception, session));
        }
        finally
        {
            turns.Release();
        }
    }

    private async Task InstallAsync(PSSession session)
    {
        string host = RemoteSessions.HostOf(session);
        ModuleState state = await ModuleInstallation.LookAsync(session, Scope, StopToken);
        bool copies = !state.IsPresent || Force;
        if (!copies)
        {
            await VerboseAsync($"{host} has {RemoteCommand.Module} {RemoteSessions.OwnVersion} in {state.Path}: nothing is copied.");
        }
        else if (!await ShouldProcessAsync($"{state.Path} on {host}", $"Copy {RemoteCommand.Module} {RemoteSessions.OwnVersion}{(state.IsPresent ? ", in place of what is there" : string.Empty)}"))
        {
            return;
        }
        else
        {
            await ModuleInstallation.CopyAsync(session, MyInvocation.MyCommand.Module.ModuleBase, state.Path, StopToken);
            if (state.Loaded is not null)
            {
                await WarningAsync($"The session {session.Name} to {host} goes on with {RemoteCommand.Module} {state.Loaded}, which it had loaded before: open a new one.");
            }
        }

        if (PassThru)
        {
            await OutputAsync(new LvsModuleInstallation { HostName = host, Version = RemoteSessions.OwnVersion, Path = state.Path, IsNew = copies });
        }
    }
}
