namespace LvsAdmin.Core.Configuration;

/// <summary>An object of a document whose names are known. Names that are not, and names that are written twice, are noted as wrong.</summary>
internal sealed class DocumentTable
{
    private readonly Dictionary<string, DocumentPlace> _members = new(StringComparer.Ordinal);

    /// <summary>Looks at the names of an object.</summary>
    /// <param name="place">The object.</param>
    /// <param name="keys">The names that it may have.</param>
    /// <param name="context">Where to complain.</param>
    internal DocumentTable(DocumentPlace place, IReadOnlyList<string> keys, DocumentContext context)
    {
        Place = place;
        foreach (DocumentMember member in place.Node.Members)
        {
            DocumentPlace value = place.Member(member, member.Name);
            if (keys.FirstOrDefault(key => context.Names.Equals(key, member.Name)) is not { } known)
            {
                context.Problem("ConfigurationKeyUnknown", value, $"The key '{member.Name}' is not known here.{Suggestion.For(member.Name, keys)}");
            }
            else if (!_members.TryAdd(known, place.Member(member, known)))
            {
                context.Problem("ConfigurationKeyTwice", value, $"The key '{known}' is written twice; first on line {_members[known].Line}.");
            }
        }
    }

    /// <summary>Where the object is.</summary>
    internal DocumentPlace Place { get; }

    /// <summary>What a name stands for; null when it is not written. What is written as null is something else: a place that says nothing.</summary>
    internal DocumentPlace? this[string key] => _members.GetValueOrDefault(key);

    /// <summary>What a name stands for; that it is missing is noted as wrong.</summary>
    internal DocumentPlace? Require(string key, DocumentContext context)
    {
        if (this[key] is { IsNull: false } found)
        {
            return found;
        }

        context.Problem("ConfigurationKeyMissing", Place, $"The key '{key}' is missing.");
        return null;
    }
}
