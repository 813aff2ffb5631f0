using System.Diagnostics.CodeAnalysis;

namespace LvsAdmin.Core.Ipvs;

/// <summary>Reads the words that LVS people use for forwarding methods.</summary>
public static class LvsForwarding
{
    private static readonly Dictionary<string, LvsForwardingMethod> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Nat"] = LvsForwardingMethod.Nat,
        ["Masq"] = LvsForwardingMethod.Nat,
        ["Masquerading"] = LvsForwardingMethod.Nat,
        ["-m"] = LvsForwardingMethod.Nat,
        ["DirectRouting"] = LvsForwardingMethod.DirectRouting,
        ["DR"] = LvsForwardingMethod.DirectRouting,
        ["DRoute"] = LvsForwardingMethod.DirectRouting,
        ["Route"] = LvsForwardingMethod.DirectRouting,
        ["Gate"] = LvsForwardingMethod.DirectRouting,
        ["Gatewaying"] = LvsForwardingMethod.DirectRouting,
        ["-g"] = LvsForwardingMethod.DirectRouting,
        ["Tunnel"] = LvsForwardingMethod.Tunnel,
        ["TUN"] = LvsForwardingMethod.Tunnel,
        ["Ipip"] = LvsForwardingMethod.Tunnel,
        ["-i"] = LvsForwardingMethod.Tunnel,
    };

    /// <summary>The methods that a user may choose; the kernel sets the others by itself.</summary>
    public static IReadOnlyList<LvsForwardingMethod> Choices { get; } =
        [LvsForwardingMethod.DirectRouting, LvsForwardingMethod.Tunnel, LvsForwardingMethod.Nat];

    /// <summary>Reads a forwarding method.</summary>
    /// <param name="text">Nat, DirectRouting, Tunnel, or what ipvsadm, keepalived and ldirectord call them: masq, gate, ipip, DR, TUN, -m, -g, -i.</param>
    /// <exception cref="FormatException">The text is no such word.</exception>
    public static LvsForwardingMethod Parse(string text) => TryParse(text, out LvsForwardingMethod method)
        ? method
        : throw new FormatException($"'{text}' is no forwarding method: use Nat, DirectRouting or Tunnel (or masq, gate, ipip, DR, TUN, -m, -g, -i).");

    /// <summary>Reads a forwarding method.</summary>
    /// <param name="text">The word to read, in any case.</param>
    /// <param name="method">The method, when the word is one.</param>
    /// <returns>Whether the word is known.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out LvsForwardingMethod method)
    {
        method = default;
        return text is not null && Words.TryGetValue(text.Trim(), out method);
    }
}
