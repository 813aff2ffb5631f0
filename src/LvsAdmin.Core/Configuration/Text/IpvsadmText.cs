using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The rules that <c>ipvsadm -S</c> writes and <c>ipvsadm -R</c> reads (ipvsadm(8), 1.31): a command line each, without the program's name or with it.
/// They are commands, not a description: a later line may change or remove what an earlier one made.
/// </summary>
public static class IpvsadmText
{
    /// <summary>Reads rules.</summary>
    /// <param name="text">The rules, a command line each. Empty lines and such as begin with # are skipped, as Debian's ipvsadm does.</param>
    /// <param name="source">The file, for messages; null when there is none.</param>
    /// <param name="names">Looks up the names of hosts and services, which <c>ipvsadm -S</c> without -n writes; null knows none.</param>
    /// <returns>The table as it is when all lines are through, begun from an empty one.</returns>
    /// <exception cref="LvsConfigurationException">A line is no rule of ipvsadm, or cannot be carried out; it is named.</exception>
    public static ConfigurationReading Read(string text, string? source = null, TextNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        IpvsadmRules rules = new(names ?? TextNames.None);
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;

            // The program skips its own name wherever it stands, so that a list of commands is a list of rules.
            List<string> words = [.. line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "ipvsadm")];
            if (words.Count > 0 && words[0][0] != '#')
            {
                rules.Run(words, new TextPosition(source, number));
            }
        }

        return rules.ToReading();
    }

    /// <summary>
    /// Writes the rules that <c>ipvsadm -Sn</c> writes of the same table, in its order, and besides what <c>ipvsadm -R</c> reads but -S forgets: thresholds,
    /// timeouts and synchronisation daemons.
    /// </summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new IpvsadmWriter().Write(configuration);
    }

    /// <summary>The order of ipvsadm (libipvs.c, ipvs_cmp_services): mark, family, protocol, address, port.</summary>
    internal static IEnumerable<ServiceConfiguration> Sorted(IEnumerable<ServiceConfiguration> services) => services
        .OrderBy(each => each.VirtualService.FirewallMark ?? 0)
        .ThenBy(each => each.VirtualService.AddressFamily)
        .ThenBy(each => each.VirtualService.Protocol ?? LvsProtocol.Tcp)
        .ThenBy(each => each.VirtualService.Address ?? default)
        .ThenBy(each => each.VirtualService.Port ?? 0);
}
