using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LvsAdmin.Parameters;

/// <summary>Completes the named network namespaces of this machine (ip-netns(8) keeps them in /run/netns).</summary>
public sealed class NetworkNamespaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        DirectoryInfo directory = new("/run/netns");
        return directory.Exists
            ? Completion.Filter(directory.EnumerateFiles().Select(file => (file.Name, $"Network namespace {file.Name}")), wordToComplete)
            : [];
    }
}
