using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LvsAdmin.Commands;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Parameters;

/// <summary>
/// Completes by asking the host that the command line names. A prompt must not hang or print errors because of a completion: there is a
/// short deadline, and a host that cannot answer completes nothing.
/// </summary>
public abstract class HostCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        using CancellationTokenSource deadline = new(Deadline);
        using HostPool hosts = new();
        try
        {
            string? networkNamespace = fakeBoundParameters["NetworkNamespace"]?.ToString();
            Task<IReadOnlyList<(string Text, string ToolTip)>> candidates =
                Task.Run(() => CandidatesAsync(new CompletionRequest(hosts, networkNamespace, fakeBoundParameters), deadline.Token));
            return [.. Completion.Filter(candidates.GetAwaiter().GetResult(), wordToComplete)];
        }
        catch (Exception exception) when (exception is OperationCanceledException || Errors.IsExpected(exception))
        {
            return [];
        }
    }

    /// <summary>What may stand here.</summary>
    private protected abstract Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken);

    /// <summary>The host that the command line names, and what else stands on it.</summary>
    /// <param name="Hosts">Opens hosts and closes them.</param>
    /// <param name="NetworkNamespace">The namespace that the command line names.</param>
    /// <param name="Parameters">The parameters typed so far.</param>
    private protected sealed record CompletionRequest(HostPool Hosts, string? NetworkNamespace, IDictionary Parameters)
    {
        internal ILvsHost Host => Hosts.Get(NetworkNamespace);
    }
}
