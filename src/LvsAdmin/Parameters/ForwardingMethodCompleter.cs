using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LvsAdmin.Parameters;

/// <summary>Completes the forwarding methods that a user may choose; the enumeration has two more, which only the kernel reports.</summary>
public sealed class ForwardingMethodCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Filter(
            [
                ("DirectRouting", "Only the MAC address is rewritten; director and real server share a link (gate, -g)"),
                ("Tunnel", "Packets are wrapped to a real server anywhere (ipip, -i)"),
                ("Nat", "Addresses are rewritten both ways through the director (masq, -m)"),
            ],
            wordToComplete);
}
