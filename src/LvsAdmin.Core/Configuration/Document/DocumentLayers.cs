namespace LvsAdmin.Core.Configuration;

/// <summary>Where a value may be said, the nearest place first: at a real server, at its service, in the template of the service.</summary>
internal sealed class DocumentLayers
{
    private readonly IReadOnlyList<DocumentTable> _tables;

    internal DocumentLayers(IEnumerable<DocumentTable?> tables) => _tables = [.. tables.OfType<DocumentTable>()];

    /// <summary>The nearest place that says something of a name, if only that it is not said (null); null when none does.</summary>
    internal DocumentPlace? this[string key] => _tables.Select(table => table[key]).FirstOrDefault(place => place is not null);

    /// <summary>
    /// Whether a name is said farther away than another, so that it is beside the point where it does not fit to the other: the flags that a template gives
    /// to its scheduler, when the service names another scheduler.
    /// </summary>
    internal bool IsFarther(string key, string than) => Depth(key) > Depth(than);

    /// <summary>The same layers with others before them.</summary>
    internal DocumentLayers Under(params DocumentTable?[] nearer) => new([.. nearer, .. _tables]);

    private int Depth(string key)
    {
        int index = 0;
        while (index < _tables.Count && _tables[index][key] is null)
        {
            index++;
        }

        return index;
    }
}
