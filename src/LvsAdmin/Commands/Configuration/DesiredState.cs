using System.Collections;
using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>
/// Desired states as they come to a cmdlet: an object of this process, one that was in a file or another session meanwhile, or a table of the document's
/// shape that was typed at the prompt.
/// </summary>
internal static class DesiredState
{
    // The document has six levels; whoever nests deeper has an object that leads back to itself.
    private const int Depth = 16;

    private static readonly string TypeName = typeof(LvsConfiguration).FullName!;

    /// <summary>The desired state that an object is; null when it is none.</summary>
    /// <exception cref="LvsConfigurationException">It is a table, but not of the document's shape.</exception>
    internal static LvsConfiguration? Of(object? value)
    {
        switch (value)
        {
            case LvsConfiguration configuration:
                return configuration;
            case PSObject { BaseObject: not PSCustomObject and var inner }:
                return Of(inner);
            case PSObject kept when kept.TypeNames.FirstOrDefault() is { } type && type.EndsWith(TypeName, StringComparison.Ordinal):
                return kept.Properties[nameof(LvsConfiguration.Document)]?.Value is { } text ? JsonText.Revive(text.ToString()!) : null;
            case IDictionary or PSObject:
                return DocumentBinder.Bind(Node(value, Depth), null, ignoreCase: true).Configuration;
            default:
                return null;
        }
    }

    /// <summary>A desired state as another machine's copy of this module takes it: its text.</summary>
    internal static PSObject Portable(LvsConfiguration configuration)
    {
        PSObject bag = new();
        bag.TypeNames.Clear();
        bag.TypeNames.Add(TypeName);
        bag.Properties.Add(new PSNoteProperty(nameof(LvsConfiguration.Document), configuration.Document));
        return bag;
    }

    /// <summary>A value of PowerShell as a piece of a document.</summary>
    /// <exception cref="LvsConfigurationException">It is nested too deeply.</exception>
    private static DocumentNode Node(object? value, int depth)
    {
        if (depth == 0)
        {
            throw new LvsConfigurationException("ConfigurationSyntax", new ConfigurationNote("The table is nested too deeply, or holds itself."));
        }

        object? bare = value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;
        return bare switch
        {
            null => DocumentNode.OfNull(),
            string text => DocumentNode.OfText(text),
            char letter => DocumentNode.OfText(letter.ToString()),
            bool flag => DocumentNode.OfBoolean(flag),
            SwitchParameter given => DocumentNode.OfBoolean(given.IsPresent),
            Enum name => DocumentNode.OfText(name.ToString()),
            sbyte or byte or short or ushort or int or uint or long => DocumentNode.OfNumber(Convert.ToInt64(bare, CultureInfo.InvariantCulture)),
            ulong or float or double or decimal => DocumentNode.OfNumber(Convert.ToDouble(bare, CultureInfo.InvariantCulture)),
            IDictionary table => DocumentNode.OfMap(
                [.. table.Cast<DictionaryEntry>().Select(entry => new DocumentMember(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty, 0, Node(entry.Value, depth - 1)))]),
            PSObject custom => DocumentNode.OfMap(
                [.. custom.Properties.Where(property => property.IsGettable).Select(property => new DocumentMember(property.Name, 0, Node(property.Value, depth - 1)))]),
            IEnumerable many => DocumentNode.OfArray([.. many.Cast<object?>().Select(item => Node(item, depth - 1))]),
            // A service, an address, a version: their text is the whole of them.
            _ => DocumentNode.OfText(Convert.ToString(bare, CultureInfo.InvariantCulture) ?? string.Empty),
        };
    }
}
