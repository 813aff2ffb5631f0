using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>Completes scheduler flags: those of the scheduler on the command line where it has any.</summary>
public sealed class SchedulerFlagsCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        string? scheduler = fakeBoundParameters["Scheduler"]?.ToString();
        IEnumerable<string> names = LvsSchedulerFlags.Names;
        if (scheduler is "sh" or "mh")
        {
            names = names.Where(name => name.StartsWith(scheduler + "-", StringComparison.Ordinal) || name == "flag-3");
        }

        return Completion.Filter(names.Select(name => (name, Meaning(name))), wordToComplete);
    }

    private static string Meaning(string name) => name switch
    {
        "sh-fallback" or "mh-fallback" => "Another server when the hashed one is unavailable",
        "sh-port" or "mh-port" => "The client's port is hashed too",
        _ => "A flag that no scheduler of the kernel uses today",
    };
}
