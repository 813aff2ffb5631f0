using System.Runtime.CompilerServices;

namespace LvsAdmin.Commands;

/// <summary>
/// Where objects came from. An output carries the name of its host, and a name says nothing of the user, the port, the key or sudo by which it was reached. Each
/// host therefore has a name of its own, one instance of a string, and whoever holds that instance (also in a variable, also through Select-Object) is led back
/// by the same way. A name that was typed, or read from a file, is another instance and leads nowhere.
/// </summary>
internal static class HostOrigins
{
    private static readonly ConditionalWeakTable<string, HostReference> Known = [];

    /// <summary>A name of a host's own, to put into its outputs: not one that the runtime shares with equal literals.</summary>
    internal static string Own(string name) => new(name.AsSpan());

    /// <summary>Says to which host such a name belongs.</summary>
    internal static void Register(string own, HostReference reference) => Known.AddOrUpdate(own, reference);

    /// <summary>The host to which this very instance of a name belongs; null when it is any other's.</summary>
    internal static HostReference? Find(string name) => Known.TryGetValue(name, out HostReference? reference) ? reference : null;
}
