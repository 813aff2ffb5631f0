using System.Globalization;
using System.Text;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Files of ifupdown (interfaces(5)): a stanza for every VIP that is an alias of lo, as administrators write it; one more stanza for all that has to be said
/// by commands; and for network cards, whose own stanzas are somebody else's, scripts that ifupdown runs when it has brought one up, and before it takes it
/// down.
/// </summary>
internal static class IfupdownFiles
{
    internal const string StanzasPath = "/etc/network/interfaces.d/lvsadmin-vips";
    internal const string UpPath = "/etc/network/if-up.d/lvsadmin-vips";
    internal const string DownPath = "/etc/network/if-down.d/lvsadmin-vips";

    /// <summary>The name of the stanza that runs commands; no interface has it.</summary>
    private const string CommandStanza = "lvsadmin-vips";

    internal static IEnumerable<PersistentFile> Render(IReadOnlyList<PersistentVip> vips)
    {
        PersistentVip[] others = [.. vips.Where(vip => !vip.IsOnCard())];
        if (others.Length > 0)
        {
            StringBuilder text = new(PersistentFile.Heading);
            foreach (PersistentVip vip in others.Where(IsAlias))
            {
                AppendAlias(text, vip);
            }

            AppendCommands(text, [.. others.Where(vip => !IsAlias(vip))]);
            yield return new PersistentFile(StanzasPath, text.ToString());
        }

        PersistentVip[] cards = [.. vips.Where(PersistentParts.IsOnCard)];
        if (cards.Length > 0)
        {
            yield return Script(UpPath, cards, BootCommands.Start);
            yield return Script(DownPath, cards, BootCommands.Stop);
        }
    }

    // ifupdown gives an alias its name as label.
    private static bool IsAlias(PersistentVip vip) => vip is
    {
        Interface: PersistentParts.Loopback,
        Address.Family: LvsAddressFamily.IPv4,
        Held: { OwnBroadcast: true, Label: { } label },
        GuePort: 0,
        DeviceArguments: [],
        Modules: [],
    } && label.StartsWith("lo:", StringComparison.Ordinal);

    private static void AppendAlias(StringBuilder text, PersistentVip vip)
    {
        PersistentAddress held = vip.Held!;
        text.Append(CultureInfo.InvariantCulture, $"\nauto {held.Label}\niface {held.Label} inet static\n    address {vip.Address}/{held.PrefixLength}\n    broadcast {vip.Address}\n");
        text.Append(held.Scope == "global" ? string.Empty : $"    scope {held.Scope}\n");
        // ifupdown sets the address between the two: so the ARP policy is there before it.
        foreach (BootCommand command in BootCommands.Start([vip with { Held = null, HostRoute = false, SetInterfaceUp = false }]))
        {
            text.Append(CultureInfo.InvariantCulture, $"    pre-up {Shell(command)}\n");
        }

        foreach (BootCommand command in BootCommands.Start([new PersistentVip { Address = vip.Address, Purpose = vip.Purpose, Persistence = vip.Persistence, Interface = vip.Interface, HostRoute = vip.HostRoute }]))
        {
            text.Append(CultureInfo.InvariantCulture, $"    up {Shell(command)}\n");
        }
    }

    private static void AppendCommands(StringBuilder text, IReadOnlyList<PersistentVip> vips)
    {
        if (vips.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\nauto {CommandStanza}\niface {CommandStanza} inet manual\n");
        foreach (BootCommand command in BootCommands.Start(vips))
        {
            text.Append(CultureInfo.InvariantCulture, $"    up {Shell(command)}\n");
        }

        foreach (BootCommand command in BootCommands.Stop(vips))
        {
            text.Append(CultureInfo.InvariantCulture, $"    down {Shell(command)}\n");
        }
    }

    // ifupdown runs every script of the directory for every interface, and says in IFACE for which.
    private static PersistentFile Script(string path, IReadOnlyList<PersistentVip> vips, Func<IEnumerable<PersistentVip>, IReadOnlyList<BootCommand>> commands)
    {
        StringBuilder text = new($"#!/bin/sh\n{PersistentFile.Heading}case \"$IFACE\" in\n");
        foreach (IGrouping<string, PersistentVip> card in vips.GroupBy(vip => vip.Interface))
        {
            text.Append(CultureInfo.InvariantCulture, $"{card.Key})\n");
            foreach (BootCommand command in commands(card))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {Shell(command)}\n");
            }

            text.Append("    ;;\n");
        }

        text.Append("esac\n");
        return new PersistentFile(path, text.ToString(), PersistentFile.Script);
    }

    // A shell will read it: PersistentVipRules let through only words that mean themselves.
    private static string Shell(BootCommand command) => command.MayFail ? $"{command} 2>/dev/null || true" : command.ToString();
}
