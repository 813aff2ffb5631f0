using System.Globalization;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Asks a link, from a host on it, who owns an address: by arping(8) of iputils or busybox for IPv4, by ndisc6(8) for IPv6. Both use sockets of their own:
/// neither the host's neighbour table nor anything else of it changes.
/// </summary>
internal sealed partial class LinkProbe(ILvsHost host, int seconds)
{
    private const string NeedsRights = "Run as root, or with the capability CAP_NET_RAW.";

    private bool _identified;
    private LinkAnswer? _unusable;

    /// <summary>Asks for as long as the probe shall wait.</summary>
    /// <param name="address">The address.</param>
    /// <param name="interfaceName">The interface by which to ask.</param>
    /// <param name="isOwn">
    /// Whether the host owns the address itself. The request then names no sender (RFC 5227 2.1.1): one from the address would take it away from others,
    /// and to one for the address the host itself does not answer.
    /// </param>
    /// <param name="cancellationToken">Ends the asking.</param>
    internal async ValueTask<LinkAnswer> AskAsync(LvsAddress address, string interfaceName, bool isOwn, CancellationToken cancellationToken) =>
        address.Family == LvsAddressFamily.IPv4
            ? await AskByArpAsync(address, interfaceName, isOwn, cancellationToken).ConfigureAwait(false)
            : await AskByNeighbourDiscoveryAsync(address, interfaceName, cancellationToken).ConfigureAwait(false);

    private async ValueTask<LinkAnswer> AskByArpAsync(LvsAddress address, string interfaceName, bool isOwn, CancellationToken cancellationToken)
    {
        if (!_identified)
        {
            _unusable = await IdentifyAsync(cancellationToken).ConfigureAwait(false);
            _identified = true;
        }

        if (_unusable is not null)
        {
            return _unusable;
        }

        // -b: without it arping asks only the first that answered again, and a second owner may go unheard; so it may with -c, which counts answers.
        ProgramInvocation invocation = new("arping", isOwn ? "-D" : "-b", "-w", seconds.ToString(CultureInfo.InvariantCulture), "-I", interfaceName, address.ToString());
        ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
        // The exit status says nothing certain: iputils gives 1 also for more answers than requests.
        return Sent().IsMatch(result.Output)
            ? Answered(ArpAnswer().Matches(result.Output))
            : Failed(invocation, result);
    }

    /// <summary>Whether arping is one whose options and words are known here; Habets' arping has other ones under the same name.</summary>
    private async ValueTask<LinkAnswer?> IdentifyAsync(CancellationToken cancellationToken)
    {
        const string Package = "iputils-arping";
        try
        {
            ProgramResult version = await host.RunAsync(new ProgramInvocation("arping", "-V"), cancellationToken).ConfigureAwait(false);
            string words = version.Output + version.Error;
            return words.Contains("iputils", StringComparison.Ordinal) || words.Contains("BusyBox", StringComparison.Ordinal)
                ? null
                : LinkAnswer.NotAsked($"The arping on {host.Name} is not that of iputils.", $"Install the package {Package}.");
        }
        catch (LvsHostException missing) when (missing.Error == LvsHostError.ProgramMissing)
        {
            return LinkAnswer.NotAsked($"There is no arping on {host.Name}.", $"Install the package {Package}.");
        }
    }

    private async ValueTask<LinkAnswer> AskByNeighbourDiscoveryAsync(LvsAddress address, string interfaceName, CancellationToken cancellationToken)
    {
        // -m: every answer, not the first alone; -q: nothing but their MAC addresses.
        ProgramInvocation invocation = new(
            "ndisc6", "-n", "-m", "-q", "-r", seconds.ToString(CultureInfo.InvariantCulture), "-w", "1000", "--", address.ToString(), interfaceName);
        try
        {
            ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
            MatchCollection answers = MacAddress().Matches(result.Output);
            // 2 is "no answer", 0 an answer; whatever could not be done is 1, with words.
            return answers.Count > 0 || result.ExitCode is 0 or 2 ? Answered(answers) : Failed(invocation, result);
        }
        catch (LvsHostException missing) when (missing.Error == LvsHostError.ProgramMissing)
        {
            return LinkAnswer.NotAsked($"There is no ndisc6 on {host.Name}.", "Install the package ndisc6.");
        }
    }

    private LinkAnswer Failed(ProgramInvocation invocation, ProgramResult result)
    {
        string words = (result.Error.Trim().Length > 0 ? result.Error : result.Output).Trim();
        return LinkAnswer.NotAsked(
            $"'{invocation}' failed on {host.Name}: {words}.", words.Contains("not permitted", StringComparison.Ordinal) ? NeedsRights : null);
    }

    private static LinkAnswer Answered(IEnumerable<Match> answers) =>
        new([.. answers.Select(answer => answer.Groups["mac"].Value.ToLowerInvariant()).Distinct()]);

    [GeneratedRegex(@"^Sent \d+ probe", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Sent();

    // Unicast reply from 192.0.2.10 [8E:27:4D:11:6A:97]  0.759ms
    [GeneratedRegex(@"^\w+ (reply|request) from [0-9.]+ \[(?<mac>[0-9A-Fa-f:]+)\]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ArpAnswer();

    [GeneratedRegex(@"^\s*(?<mac>([0-9A-Fa-f]{2}:){5,}[0-9A-Fa-f]{2})\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MacAddress();
}
