using System.Globalization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// A cmdlet call that mends something, as data: what a host told of itself (names of interfaces, for instance) is never read as PowerShell text. <see cref="ToString"/>
/// is for people to read and to paste; whoever carries the remedy out binds the parameters.
/// </summary>
/// <param name="Command">The cmdlet's name.</param>
/// <param name="Parameters">Its parameters by name, in the order in which a person would type them; a switch has the value true.</param>
/// <param name="Host">The host on which it works; null for one that the command finds itself.</param>
public sealed record LvsRemedy(string Command, IReadOnlyList<KeyValuePair<string, object>> Parameters, ILvsHost? Host)
{
    /// <summary>Makes one of pairs.</summary>
    /// <param name="host">The host on which it works.</param>
    /// <param name="command">The cmdlet's name.</param>
    /// <param name="parameters">Its parameters.</param>
    public static LvsRemedy On(ILvsHost host, string command, params (string Name, object Value)[] parameters) =>
        new(command, [.. (parameters ?? []).Select(each => KeyValuePair.Create(each.Name, each.Value))], host);

    /// <summary>What has to follow, where one cmdlet alone does not mend it; null for nothing.</summary>
    public LvsRemedy? Then { get; init; }

    /// <summary>The line as a person would type it, with the host.</summary>
    public override string ToString()
    {
        IEnumerable<string> words = Parameters.Select((each, index) => each.Value is true ? $"-{each.Key}" : IsPositional(index) ? Quote(each.Value) : $"-{each.Key} {Quote(each.Value)}");
        IEnumerable<string> host = Host switch
        {
            null => [],
            { NetworkNamespace: { } space } => [$"-NetworkNamespace {Quote(space)}"],
            LocalHost => [],
            _ => [$"-HostName {Quote(Host.Name)}"],
        };
        string line = string.Join(' ', [Command, .. words, .. host]);
        return Then is null ? line : $"{line}; {Then}";
    }

    // As people type it: the virtual IP or the service first, then the real server, as all cmdlets of this module take them.
    private bool IsPositional(int index) => index switch
    {
        0 => Parameters[0].Key is "Address" or "VirtualService",
        1 => Parameters[0].Key == "VirtualService" && Parameters[1].Key == "RealServer",
        _ => false,
    };

    private static string Quote(object value) => value switch
    {
        bool truth => truth ? "$true" : "$false",
        string text => QuoteText(text),
        System.Collections.IEnumerable several => string.Join(", ", several.Cast<object>().Select(Quote)),
        _ => QuoteText(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty),
    };

    // A word that PowerShell takes as it stands, else a literal in single quotes, in which only those have a meaning (all that it knows: about_Quoting_Rules).
    private static string QuoteText(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or ':' or '/' or '_' or '-' or '%')
            ? text
            : $"'{string.Concat(text.Select(letter => letter is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? $"{letter}{letter}" : $"{letter}"))}'";
}
