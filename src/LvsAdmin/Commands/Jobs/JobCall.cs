using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Commands.Remoting;

namespace LvsAdmin.Commands.Jobs;

/// <summary>A cmdlet's call as a job makes it again, in a runspace of this process.</summary>
internal sealed class JobCall
{
    private static readonly string[] PreferenceVariables =
    [
        "ErrorActionPreference", "WarningPreference", "VerbosePreference", "DebugPreference", "InformationPreference", "WhatIfPreference", "ConfirmPreference",
    ];

    // Those name variables of the caller's scope, or belong to its pipeline.
    private static readonly HashSet<string> OfCaller = new(StringComparer.OrdinalIgnoreCase)
    {
        "ErrorVariable", "WarningVariable", "InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable", "AsJob", "JobName",
    };

    private readonly Dictionary<string, object?> _parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _choosesHostsItself;
    private readonly string _manifest;
    private readonly List<SessionStateVariableEntry> _preferences;
    private readonly object? _networkNamespace;

    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="typed">Which of its bound parameters are from the command line, and not from the present input object.</param>
    /// <param name="networkNamespace">The network namespace that was typed; null for none.</param>
    internal JobCall(PSCmdlet cmdlet, IReadOnlySet<string> typed, string? networkNamespace)
    {
        Name = $@"{RemoteCommand.Module}\{cmdlet.MyInvocation.MyCommand.Name}";
        Text = cmdlet.MyInvocation.Line.Trim();
        _networkNamespace = networkNamespace;
        // A deployment is looked at as a whole.
        _choosesHostsItself = cmdlet is TestLvsDeploymentCommand || cmdlet.MyInvocation.BoundParameters.ContainsKey("OnRealServer");
        foreach ((string name, object? value) in cmdlet.MyInvocation.BoundParameters)
        {
            if (typed.Contains(name) && !OfCaller.Contains(name) && name != "NetworkNamespace" && (_choosesHostsItself || !RemoteCommand.HostParameters.Contains(name)))
            {
                _parameters.Add(name, value);
            }
        }

        _manifest = Path.Combine(cmdlet.MyInvocation.MyCommand.Module.ModuleBase, $"{RemoteCommand.Module}.psd1");
        _preferences = [.. PreferenceVariables.Select(name => new SessionStateVariableEntry(name, cmdlet.GetVariableValue(name), string.Empty))];
    }

    /// <summary>The command's name with its module.</summary>
    internal string Name { get; }

    /// <summary>The line in which it was called, as Get-Job shows it.</summary>
    internal string Text { get; }

    /// <summary>The parameters for one host.</summary>
    internal IReadOnlyDictionary<string, object?> ParametersFor(HostReference host)
    {
        Dictionary<string, object?> parameters = new(_parameters, StringComparer.OrdinalIgnoreCase);
        if (_choosesHostsItself)
        {
            if (_networkNamespace is not null)
            {
                parameters["NetworkNamespace"] = _networkNamespace;
            }

            return parameters;
        }

        switch (host)
        {
            case HostReference.Local { NetworkNamespace: { } networkNamespace }:
                parameters["NetworkNamespace"] = networkNamespace;
                break;
            case HostReference.Session session:
                parameters["LvsSession"] = session.Opened;
                break;
            case HostReference.Remote remote:
                parameters["Session"] = remote.Opened;
                if (_networkNamespace is not null)
                {
                    parameters["NetworkNamespace"] = _networkNamespace;
                }

                break;
            default:
                // The very name: it tells how the host is reached (HostOrigins).
                parameters["HostName"] = host.Name;
                break;
        }

        return parameters;
    }

    /// <summary>Runspaces for it, with this module and the caller's preferences.</summary>
    /// <param name="count">How many at once.</param>
    internal RunspacePool CreatePool(int count)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([_manifest]);
        state.ThrowOnRunspaceOpenError = true;
        foreach (SessionStateVariableEntry preference in _preferences)
        {
            state.Variables.Add(preference);
        }

        RunspacePool pool = RunspaceFactory.CreateRunspacePool(state);
        pool.SetMaxRunspaces(Math.Max(count, 1));
        return pool;
    }
}
