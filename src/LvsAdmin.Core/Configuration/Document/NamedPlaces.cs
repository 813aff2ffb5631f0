namespace LvsAdmin.Core.Configuration;

/// <summary>The lists and templates of a document, whose names its writer chooses.</summary>
internal static class NamedPlaces
{
    /// <summary>What is named, once each; a name that is none, or is there twice, is noted as wrong.</summary>
    internal static IReadOnlyList<DocumentPlace> Of(DocumentContext context, DocumentPlace? place, string what)
    {
        if (place is null || place.IsNull)
        {
            return [];
        }

        if (place.Node.Kind != DocumentNodeKind.Map)
        {
            context.WrongType(place, $"an object with a name for each {what}");
            return [];
        }

        Dictionary<string, DocumentPlace> found = new(context.Names);
        foreach (DocumentMember member in place.Node.Members)
        {
            DocumentPlace named = place.Member(member, member.Name);
            if (!IsName(member.Name))
            {
                context.Problem("ConfigurationValueInvalid", named, $"'{member.Name}' is no name of a {what}: a letter, then letters, digits, '.', '_' and '-'.");
            }
            else if (!found.TryAdd(member.Name, named))
            {
                context.Problem("ConfigurationKeyTwice", named, $"The {what} '{member.Name}' is there twice; first on line {found[member.Name].Line}.");
            }
        }

        return [.. found.Values];
    }

    // Never one that could be an address.
    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
