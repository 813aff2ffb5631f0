using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LvsAdmin.Core.Configuration;

/// <summary>Writes a tree as JSON or as a PowerShell data file: a line for each value, small objects and lists in one line.</summary>
internal sealed class DocumentPrinter
{
    // What is longer goes over several lines.
    private const int Width = 100;

    private readonly bool _isJson;
    private readonly string _step;

    private DocumentPrinter(bool isJson)
    {
        _isJson = isJson;
        _step = isJson ? "  " : "    ";
    }

    internal static string Json(DocumentNode root) => new DocumentPrinter(true).Print(root, string.Empty) + "\n";

    internal static string Psd1(DocumentNode root) => new DocumentPrinter(false).Print(root, string.Empty) + "\n";

    private string Print(DocumentNode node, string indent)
    {
        switch (node.Kind)
        {
            case DocumentNodeKind.Map when node.Members.Count > 0:
                return Lines(node.Members.Select(member => (Name(member.Name), member.Value)), node, indent);
            case DocumentNodeKind.Array when node.Items.Count > 0:
                return Lines(node.Items.Select(item => (string.Empty, item)), node, indent);
            case DocumentNodeKind.Map:
                return _isJson ? "{}" : "@{}";
            case DocumentNodeKind.Array:
                return _isJson ? "[]" : "@()";
            case DocumentNodeKind.Text:
                return Quote(node.Text);
            case DocumentNodeKind.Number:
                return node.Text;
            case DocumentNodeKind.Boolean:
                return (_isJson ? string.Empty : "$") + (node.Flag ? "true" : "false");
            default:
                return _isJson ? "null" : "$null";
        }
    }

    private string Lines(IEnumerable<(string Name, DocumentNode Value)> parts, DocumentNode node, string indent)
    {
        (string open, string close) = (node.Kind, _isJson) switch
        {
            (DocumentNodeKind.Map, true) => ("{", "}"),
            (DocumentNodeKind.Map, false) => ("@{", "}"),
            (_, true) => ("[", "]"),
            _ => ("@(", ")"),
        };
        bool isObject = node.Kind == DocumentNodeKind.Map;
        string inner = indent + _step;
        List<string> printed = [.. parts.Select(part => part.Name + Print(part.Value, inner))];
        bool isFlat = parts.All(part => part.Value.Kind is not (DocumentNodeKind.Map or DocumentNodeKind.Array));
        string space = isObject ? " " : string.Empty;
        string line = $"{open}{space}{string.Join(_isJson || !isObject ? ", " : "; ", printed)}{space}{close}";
        // The document itself is never one line.
        if (isFlat && indent.Length > 0 && indent.Length + line.Length <= Width)
        {
            return line;
        }

        StringBuilder text = new(open);
        for (int index = 0; index < printed.Count; index++)
        {
            bool separated = (_isJson || !isObject) && index < printed.Count - 1;
            text.Append('\n').Append(inner).Append(printed[index]).Append(separated ? "," : string.Empty);
        }

        return text.Append('\n').Append(indent).Append(close).ToString();
    }

    private string Name(string name) => _isJson ? $"{Quote(name)}: " : $"{Key(name)} = ";

    // PowerShell's keys begin with a capital; a word needs no quotes.
    private static string Key(string name) => name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
        ? DocumentKeys.All.Contains(name) ? char.ToUpperInvariant(name[0]) + name[1..] : name
        : PowerShellQuote(name);

    private string Quote(string text) => _isJson ? $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"" : PowerShellQuote(text);

    // PowerShell ends a text at these too, and takes two of them for one.
    private static string PowerShellQuote(string text)
    {
        StringBuilder quoted = new("'");
        foreach (char letter in text)
        {
            quoted.Append(letter is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? $"{letter}{letter}" : letter.ToString());
        }

        return quoted.Append('\'').ToString();
    }
}
