using System.Management.Automation;

namespace LvsAdmin.Hosting;

/// <summary>All that came of one run of a script.</summary>
public sealed class EngineResult
{
    private readonly Lazy<string> _rendered;

    internal EngineResult(Func<string> render)
    {
        _rendered = new Lazy<string>(render);
    }

    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>The non-terminating errors; the one that ended the script, if one did, is the last.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Verbose { get; init; }

    public required IReadOnlyList<InformationRecord> Information { get; init; }

    /// <summary>What was written to the host while the script ran: warnings and questions, but no output and no errors.</summary>
    public required string HostText { get; init; }

    /// <summary>The error that ended the script early, or null.</summary>
    public required Exception? Terminating { get; init; }

    /// <summary>Whether <see cref="Engine.Stop"/> ended the script.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Whether anything failed.</summary>
    public bool HadErrors => Errors.Count > 0 || Terminating is not null;

    /// <summary>The output as Out-Default lays it out at the engine's width. Made when it is asked for, so ask before the engine is gone.</summary>
    public string Rendered => _rendered.Value;
}
