namespace LvsAdmin.Core.Configuration;

/// <summary>What a piece of a document is.</summary>
public enum DocumentNodeKind
{
    /// <summary>Nothing: said not to be said.</summary>
    Null,

    /// <summary>Names with values.</summary>
    Map,

    /// <summary>A list.</summary>
    Array,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,
}
