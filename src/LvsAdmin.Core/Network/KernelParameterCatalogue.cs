using System.Diagnostics.CodeAnalysis;

namespace LvsAdmin.Core.Network;

/// <summary>The parameters of net.ipv4.vs that this version knows.</summary>
public static class KernelParameterCatalogue
{
    /// <summary>All of them, sorted by name.</summary>
    public static IReadOnlyList<LvsKernelParameterDefinition> All { get; } = [];

    /// <summary>Finds one by name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out LvsKernelParameterDefinition? definition) =>
        (definition = All.FirstOrDefault(known => known.Name == name)) is not null;
}
