using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// What is found out while a document is read: all that is wrong with it, and what to warn of. Reads single values; one that is wrong is noted and is null,
/// so that reading goes on and the user sees everything at once.
/// </summary>
internal sealed class DocumentContext
{
    private readonly string? _source;
    private readonly HashSet<ConfigurationProblem> _known = [];
    private readonly List<ConfigurationProblem> _problems = [];
    private readonly List<ConfigurationNote> _notes = [];
    private readonly HashSet<ConfigurationNote> _knownNotes = [];

    /// <summary>Begins.</summary>
    /// <param name="source">The file; null when the text has no name.</param>
    /// <param name="ignoreCase">Whether names are the same in any case, as PowerShell has it.</param>
    /// <param name="judge">Whether values have to make sense; not for a text that was made of what a kernel has.</param>
    internal DocumentContext(string? source, bool ignoreCase, bool judge)
    {
        _source = source;
        Names = ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        Judges = judge;
    }

    /// <summary>How names are compared.</summary>
    internal StringComparer Names { get; }

    /// <summary>Whether values have to make sense.</summary>
    internal bool Judges { get; }

    internal IReadOnlyList<ConfigurationNote> Notes => _notes;

    /// <summary>Notes what is wrong. What is read more than once, such as a template, is complained of once.</summary>
    internal void Problem(string id, DocumentPlace place, string message)
    {
        ConfigurationProblem problem = new(id, new ConfigurationNote(message, _source, place.Line), place.Path);
        if (_known.Add(problem))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Notes what to warn of.</summary>
    internal void Note(DocumentPlace place, string message)
    {
        ConfigurationNote note = new($"{message}{(place.Path.Length == 0 ? string.Empty : $" (at {place.Path})")}", _source, place.Line);
        if (_knownNotes.Add(note))
        {
            _notes.Add(note);
        }
    }

    /// <summary>Ends the reading when something was wrong.</summary>
    /// <exception cref="LvsConfigurationException">Something was.</exception>
    internal void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new LvsConfigurationException([.. _problems.OrderBy(problem => problem.Note.Line)]);
        }
    }

    internal string? Text(DocumentPlace? place)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        if (place.Node.Kind == DocumentNodeKind.Text)
        {
            return place.Node.Text;
        }

        WrongType(place, "a text");
        return null;
    }

    internal bool? Flag(DocumentPlace? place)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        if (place.Node.Kind == DocumentNodeKind.Boolean)
        {
            return place.Node.Flag;
        }

        WrongType(place, "true or false");
        return null;
    }

    internal long? Integer(DocumentPlace? place, long minimum, long maximum)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        if (place.Node.Whole is not { } number)
        {
            if (place.Node.Kind == DocumentNodeKind.Number)
            {
                Problem("ConfigurationValueInvalid", place, $"{place.Node} is out of range: it is a whole number from {minimum} to {maximum}.");
            }
            else
            {
                WrongType(place, "a whole number");
            }

            return null;
        }

        if (number < minimum || number > maximum)
        {
            Problem("ConfigurationValueInvalid", place, $"{number} is out of range: it is {minimum} to {maximum}.");
            return null;
        }

        return number;
    }

    /// <summary>A count of seconds, which need not be whole.</summary>
    internal double? Seconds(DocumentPlace? place)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        if (place.Node.Kind != DocumentNodeKind.Number)
        {
            WrongType(place, "a number of seconds");
            return null;
        }

        if (place.Node.Number is >= 0 and <= int.MaxValue)
        {
            return place.Node.Number;
        }

        Problem("ConfigurationValueInvalid", place, $"{place.Node} is out of range: it is a number of seconds from 0 to {int.MaxValue}.");
        return null;
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    internal T? Word<T>(DocumentPlace? place)
        where T : struct, Enum
    {
        if (Text(place) is not { } text)
        {
            return null;
        }

        string[] names = Enum.GetNames<T>();
        if (Array.Find(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return Enum.Parse<T>(found);
        }

        Problem("ConfigurationValueInvalid", place!, $"'{text}' is none of {string.Join(", ", names)}.{Suggestion.For(text, names)}");
        return null;
    }

    internal LvsAddress? Address(DocumentPlace? place)
    {
        if (Text(place) is not { } text)
        {
            return null;
        }

        if (LvsAddress.TryParse(text, out LvsAddress address, out string? reason))
        {
            return address;
        }

        Problem("ConfigurationValueInvalid", place!, reason);
        return null;
    }

    /// <summary>The pieces of a list; a list of one may stand without its brackets. Null where nothing is said.</summary>
    internal IReadOnlyList<DocumentPlace>? Items(DocumentPlace? place)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        if (place.Node.Kind != DocumentNodeKind.Array)
        {
            return [place];
        }

        DocumentPlace[] items = [.. Enumerable.Range(0, place.Node.Items.Count).Select(place.Item)];
        foreach (DocumentPlace nothing in items.Where(item => item.IsNull))
        {
            WrongType(nothing, "a value");
        }

        return [.. items.Where(item => !item.IsNull)];
    }

    /// <summary>An object with known names; null where nothing is said.</summary>
    internal DocumentTable? Table(DocumentPlace? place, IReadOnlyList<string> keys, string what)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        if (place.Node.Kind == DocumentNodeKind.Map)
        {
            return new DocumentTable(place, keys, this);
        }

        WrongType(place, what);
        return null;
    }

    internal void WrongType(DocumentPlace place, string wanted) =>
        Problem("ConfigurationTypeWrong", place, $"{place.Node} stands where {wanted} is wanted.");
}
