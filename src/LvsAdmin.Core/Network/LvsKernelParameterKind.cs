namespace LvsAdmin.Core.Network;

/// <summary>What values a kernel parameter takes.</summary>
public enum LvsKernelParameterKind
{
    /// <summary>Text: two numbers, or a list of processors.</summary>
    Text,

    /// <summary>On or off: 1 or 0.</summary>
    Switch,

    /// <summary>A whole number, perhaps a mode or a set of bits.</summary>
    Number,
}
