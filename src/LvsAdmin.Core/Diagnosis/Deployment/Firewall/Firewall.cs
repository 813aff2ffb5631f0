namespace LvsAdmin.Core.Diagnosis;

/// <summary>What a rule or a chain does with a packet.</summary>
internal enum FirewallVerdict
{
    /// <summary>Nothing: the next rule is asked, such as after one that only counts or logs.</summary>
    Continue,

    /// <summary>Lets it pass this chain.</summary>
    Accept,

    /// <summary>Drops or refuses it.</summary>
    Drop,

    /// <summary>Goes back to the chain that led here; in the first chain, to its policy.</summary>
    Return,

    /// <summary>Asks another chain, and comes back if that says nothing.</summary>
    Jump,

    /// <summary>What cannot be told from outside.</summary>
    Unknown,
}

/// <summary>A rule.</summary>
/// <param name="Matches">What has to be so; each says true, false, or null where it cannot be told.</param>
/// <param name="Verdict">What it does then.</param>
/// <param name="Target">The chain that it asks; null otherwise.</param>
/// <param name="Text">The rule as its program writes it.</param>
internal sealed record FirewallRule(IReadOnlyList<Func<FirewallPacket, bool?>> Matches, FirewallVerdict Verdict, string? Target, string Text)
{
    /// <summary>How many packets it has caught; null where it does not count.</summary>
    internal long? Packets { get; init; }

    /// <summary>Whether it is meant for a packet; null where that cannot be told.</summary>
    internal bool? Matching(FirewallPacket packet)
    {
        bool? result = true;
        foreach (Func<FirewallPacket, bool?> match in Matches)
        {
            switch (match(packet))
            {
                case false:
                    return false;
                case null:
                    result = null;
                    break;
            }
        }

        return result;
    }
}

/// <summary>A chain of rules.</summary>
/// <param name="Name">Its name, with that of its table.</param>
/// <param name="Hook">Where packets come into it, in small letters; null for a chain that others ask.</param>
/// <param name="Families">The families of its packets: ip, ip6 or inet.</param>
internal sealed record FirewallChain(string Name, string? Hook, string Families)
{
    /// <summary>What becomes of a packet for which no rule decides.</summary>
    internal FirewallVerdict Policy { get; init; } = FirewallVerdict.Accept;

    /// <summary>Its rules, in order.</summary>
    internal List<FirewallRule> Rules { get; } = [];
}

/// <summary>The rules of a host, whichever program made them. Only what is dropped for certain is called dropped.</summary>
internal sealed class Firewall
{
    private const int DeepestJump = 16;

    /// <summary>All chains, by table and name.</summary>
    internal Dictionary<(string Table, string Name), FirewallChain> Chains { get; } = [];

    /// <summary>The rule or policy that drops a packet for certain; null where none does.</summary>
    internal string? Drops(FirewallPacket packet)
    {
        foreach (((string table, _), FirewallChain chain) in Chains.Where(each => each.Value.Hook == packet.Hook && IsFor(each.Value, packet)))
        {
            (FirewallVerdict verdict, string where, bool isCertain) = Ask(table, chain, packet, 0);
            if (isCertain && verdict is FirewallVerdict.Drop)
            {
                return where;
            }

            if (isCertain && verdict is FirewallVerdict.Continue or FirewallVerdict.Return && chain.Policy == FirewallVerdict.Drop)
            {
                return $"policy drop of {chain.Name}";
            }
        }

        return null;
    }

    private static bool IsFor(FirewallChain chain, FirewallPacket packet) =>
        chain.Families == "inet" || chain.Families == (packet.Family == Ipvs.LvsAddressFamily.IPv6 ? "ip6" : "ip");

    // Once a rule that could let the packet pass may match or not, nothing after it is certain.
    private (FirewallVerdict Verdict, string Where, bool IsCertain) Ask(string table, FirewallChain chain, FirewallPacket packet, int depth)
    {
        bool isCertain = true;
        foreach (FirewallRule rule in chain.Rules)
        {
            bool? isMatch = rule.Matching(packet);
            if (isMatch == false || rule.Verdict == FirewallVerdict.Continue)
            {
                continue;
            }

            if (isMatch is null || rule.Verdict == FirewallVerdict.Unknown)
            {
                isCertain &= rule.Verdict == FirewallVerdict.Drop;
                continue;
            }

            if (rule.Verdict != FirewallVerdict.Jump)
            {
                return (rule.Verdict, $"{chain.Name}: {rule.Text}{(rule.Packets is { } count ? $" ({count} packets)" : string.Empty)}", isCertain);
            }

            if (rule.Target is not { } target || depth == DeepestJump || !Chains.TryGetValue((table, target), out FirewallChain? next))
            {
                isCertain = false;
                continue;
            }

            (FirewallVerdict verdict, string where, bool isSure) = Ask(table, next, packet, depth + 1);
            isCertain &= isSure;
            if (verdict is FirewallVerdict.Accept or FirewallVerdict.Drop)
            {
                return (verdict, where, isCertain);
            }
        }

        return (FirewallVerdict.Continue, chain.Name, isCertain);
    }
}
