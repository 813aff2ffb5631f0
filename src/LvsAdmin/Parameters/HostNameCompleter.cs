using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LvsAdmin.Commands;

namespace LvsAdmin.Parameters;

/// <summary>Completes the hosts of open sessions, and those that ssh's configuration of this user names (ssh_config(5), Host).</summary>
public sealed class HostNameCompleter : IArgumentCompleter
{
    private const string Keyword = "Host ";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => Completion.Filter(
        LvsSession.All.Select(session => (session.HostName, $"Host of the open session {session.Id}"))
            .Concat(Configured().Select(name => (name, $"Host {name} of the ssh configuration")))
            .DistinctBy(candidate => candidate.Item1),
        wordToComplete);

    private static string[] Configured()
    {
        string path = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "config");
        try
        {
            // Patterns name no host.
            return [.. File.ReadLines(path)
                .Select(line => line.Trim())
                .Where(line => line.StartsWith(Keyword, StringComparison.OrdinalIgnoreCase))
                .SelectMany(line => line[Keyword.Length..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(name => name.IndexOfAny(['*', '?', '!']) < 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
