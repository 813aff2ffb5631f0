namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The type of an attribute's value.</summary>
internal enum KernelAttributeKind
{
    /// <summary>A number of 8, 16 or 32 bits.</summary>
    Number,

    /// <summary>Bytes, at most so many.</summary>
    Bytes,

    /// <summary>A text with a zero behind it.</summary>
    Text,

    /// <summary>Other attributes.</summary>
    Nest,
}
