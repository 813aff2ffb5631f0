using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using System.Net.Sockets;
using LvsAdmin.Commands.Jobs;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Commands.Fleet;

/// <summary>
/// Runs the user's scripts for several hosts at once, each in a runspace of its own, as ForEach-Object -Parallel does: with this module, and with the host as $_.
/// The first error ends a script, also a program's exit status other than 0: what goes wrong must not look like success.
/// </summary>
/// <param name="pool">The runspaces, not yet open.</param>
/// <param name="location">The directory in which the scripts start; null for any.</param>
/// <param name="arguments">The arguments of the user's script.</param>
/// <param name="limit">How many scripts run at once. Health checks do not wait for them: their time is short.</param>
internal sealed class RolloutScripts(RunspacePool pool, string? location, object?[] arguments, int limit) : IDisposable
{
    // ssh's own exit status when it is the connection that failed (ssh(1)).
    private const int SshFailed = 255;

    private const string Frame = """
        param($RolloutTarget, $RolloutText, $RolloutArguments, $RolloutVariables, $RolloutLocation)
        $ErrorActionPreference = 'Stop'
        $PSNativeCommandUseErrorActionPreference = $true
        if ($RolloutLocation) { $null = $ExecutionContext.SessionState.Path.SetLocation($RolloutLocation) }
        $global:LASTEXITCODE = 0
        foreach ($RolloutVariable in $RolloutVariables.GetEnumerator()) { $ExecutionContext.SessionState.PSVariable.Set($RolloutVariable.Key, $RolloutVariable.Value) }
        $RolloutTarget | ForEach-Object { & ([scriptblock]::Create($RolloutText)) @RolloutArguments }
        if ($LASTEXITCODE -and $PSVersionTable.PSVersion -lt [version]'7.4') { throw "The last program ended with exit status $LASTEXITCODE." }
        """;

    private static readonly string[] SshPrograms = ["ssh", "scp", "sftp"];

    private readonly SemaphoreSlim _running = new(limit);
    private readonly Lazy<Task> _open = new(() => Task.Factory.FromAsync(pool.BeginOpen, pool.EndOpen, null));

    /// <summary>Takes what a script tells besides its output.</summary>
    internal required Action<LvsRolloutTarget, object> Tell { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        _running.Dispose();
    }

    /// <summary>Runs the user's script for a host, when its turn comes.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="RuntimeException">It failed.</exception>
    internal async Task<IReadOnlyList<PSObject>> RunAsync(RolloutScript script, LvsRolloutTarget target, CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        try
        {
            return await RunAsync(script, target, arguments, cancellationToken);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Runs a health check for a host.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="RuntimeException">It failed.</exception>
    internal Task<IReadOnlyList<PSObject>> CheckAsync(RolloutScript check, LvsRolloutTarget target, CancellationToken cancellationToken) => RunAsync(check, target, [], cancellationToken);

    private async Task<IReadOnlyList<PSObject>> RunAsync(RolloutScript script, LvsRolloutTarget target, object?[] values, CancellationToken cancellationToken)
    {
        await _open.Value;
        using PowerShell shell = PowerShell.Create();
        shell.RunspacePool = pool;
        shell.AddScript(Frame, useLocalScope: true)
            .AddArgument(target).AddArgument(script.Text).AddArgument(values).AddArgument(script.Variables).AddArgument(location);
        shell.Streams.Warning.DataAdding += (_, adding) => Tell(target, adding.ItemAdded);
        shell.Streams.Verbose.DataAdding += (_, adding) => Tell(target, adding.ItemAdded);
        shell.Streams.Information.DataAdding += (_, adding) => Tell(target, adding.ItemAdded);
        using PSDataCollection<PSObject> output = [];
        IAsyncResult run = shell.BeginInvoke<object, PSObject>(null, output, new PSInvocationSettings { Host = new JobHost(shell.Streams.Information) }, null, null);
        using CancellationTokenRegistration stop = cancellationToken.Register(() => shell.BeginStop(static _ => { }, null));
        try
        {
            await Task.Factory.FromAsync(run, shell.EndInvoke);
        }
        catch (PipelineStoppedException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return [.. output];
    }

    /// <summary>Whether a script failed because a connection did.</summary>
    internal static bool IsConnectionError(Exception exception)
    {
        ErrorRecord? record = (exception as RuntimeException)?.ErrorRecord;
        if (record?.CategoryInfo.Category == ErrorCategory.ConnectionError)
        {
            return true;
        }

        for (Exception? each = record?.Exception ?? exception; each is not null; each = each.InnerException)
        {
            if (each is LvsConnectionException or PSRemotingTransportException or SocketException or HttpRequestException { StatusCode: null } || IsSshFailure(each))
            {
                return true;
            }
        }

        return false;
    }

    // By its name: only PowerShell 7.4 and later have the type.
    private static bool IsSshFailure(Exception exception)
    {
        if (exception.GetType().Name != "NativeCommandExitException")
        {
            return false;
        }

        PSMemberInfoCollection<PSPropertyInfo> properties = PSObject.AsPSObject(exception).Properties;
        return properties["ExitCode"]?.Value is SshFailed && SshPrograms.Contains(Path.GetFileNameWithoutExtension($"{properties["Path"]?.Value}"));
    }
}
