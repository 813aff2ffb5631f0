using System.Runtime.CompilerServices;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Checks on a real server whether it serves a VIP: all that must hold on the host itself. What its neighbours see is asked from outside (<c>Test-LvsArpPolicy</c>).</summary>
public static class RealServerVipChecks
{
    /// <summary>Checks one VIP.</summary>
    /// <param name="host">The real server.</param>
    /// <param name="vip">The VIP.</param>
    /// <param name="protocol">The protocol of a service that is to be listened for; null for none in particular.</param>
    /// <param name="port">The port of that service on the real server; 0 for none.</param>
    /// <param name="persistent">Whether it has to come back after a boot.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>A result for each check; the first one alone when the VIP is not there at all.</returns>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async IAsyncEnumerable<LvsCheckResult> RunAsync(
        ILvsHost host, LvsAddress vip, LvsProtocol? protocol, int port, bool persistent, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        LvsRealServerVip[] found = [.. (await RealServerVips.GetAsync(host, cancellationToken).ConfigureAwait(false)).Where(each => each.Address == vip)];
        if (found.Length == 0)
        {
            yield return Result(VipChecks.Present, false, $"{host.Name} does not serve {vip}: what the director sends is dropped.", $"Enable-LvsRealServerVip {vip}");
            yield break;
        }

        LvsRealServerVip seen = found[0];
        bool isNat = seen.Forwarding == LvsForwardingMethod.Nat;
        bool isV4 = vip.Family == LvsAddressFamily.IPv4;
        yield return found.Length > 1
            ? Result(VipChecks.Present, false, $"{vip} is on {string.Join(" and ", found.Select(each => each.Interface))}: only one of them is meant.", $"Disable-LvsRealServerVip {vip}, and enable it once.")
            : Judge(VipChecks.Present, isNat ? $"Answers for {vip} go to the director {seen.Director}." : $"{vip} is on {seen.Interface}, for {seen.Forwarding}.");
        if (isNat)
        {
            yield return Judge(VipChecks.ReturnRoute, $"The way to {seen.Director} by {seen.Interface} is there.");
        }
        else
        {
            yield return Judge(VipChecks.Prefix, $"The prefix is /{seen.PrefixLength}.");
            yield return Judge(VipChecks.InterfaceUp, $"Interface {seen.Interface} is up.");
            yield return await CheckDeliveryAsync().ConfigureAwait(false);
            yield return isV4
                ? Judge(VipChecks.ArpSilence, $"The effective arp_ignore is {seen.ArpIgnore:d}, arp_announce {seen.ArpAnnounce:d}.")
                : Judge(VipChecks.ArpSilence, $"Neighbour discovery answers only for addresses of the interface that is asked, and the VIP is on {seen.Interface}.");
        }

        if (seen.TunnelType is not null)
        {
            yield return Judge(VipChecks.TunnelReceives, $"Interface {seen.Interface} receives {seen.TunnelType}{(seen.TunnelPort is { } gue ? $" on UDP port {gue}" : string.Empty)}.");
            if (isV4)
            {
                yield return Judge(VipChecks.ReversePathFilter, $"The effective rp_filter of {seen.Interface} is {seen.ReversePathFilter}.");
            }
        }

        if (protocol is { } service && port > 0)
        {
            yield return await CheckListeningAsync(service).ConfigureAwait(false);
        }

        if (persistent)
        {
            yield return seen.Persistence is { } by
                ? Result(VipChecks.Persistence, true, $"{by} brings it back after a boot.", null)
                : Result(VipChecks.Persistence, false, "A boot takes it away.", $"Enable-LvsRealServerVip {vip} -Persistent, with the same parameters as before.");
        }

        LvsCheckResult Judge(string check, string good)
        {
            string[] problems = [.. seen.Findings.Where(finding => finding.Check == check).Select(finding => finding.Problem)];
            return problems.Length == 0 ? Result(check, true, good, null) : Result(check, false, string.Join(' ', problems), $"Enable-LvsRealServerVip {vip} mends what it can.");
        }

        LvsCheckResult Result(string check, bool passed, string message, string? remedy) => new()
        {
            Subject = $"{vip}",
            Check = check,
            Outcome = passed ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed,
            Message = message,
            Remedy = remedy,
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
        };

        async ValueTask<LvsCheckResult> CheckDeliveryAsync()
        {
            JsonElement[]? routes = await IpCommand.TryQueryAsync(host, "unreachable", cancellationToken, IpCommand.FamilyOption(vip.Family), "-json", "route", "get", $"{vip}").ConfigureAwait(false);
            string? type = routes is [var route, ..] && route.TryGetProperty("type", out JsonElement kind) ? kind.GetString() : null;
            return type == "local"
                ? Result(VipChecks.LocalDelivery, true, "The kernel takes packets for the VIP in.", null)
                : Result(VipChecks.LocalDelivery, false, "The kernel does not take packets for the VIP in: its local route is missing.", $"Disable-LvsRealServerVip {vip}, and enable it again; see 'ip route get {vip}' and 'ip rule'.");
        }

        async ValueTask<LvsCheckResult> CheckListeningAsync(LvsProtocol service)
        {
            string name = service.ToString().ToLowerInvariant();
            return await Listeners.ReadAsync(path => host.ReadFileAsync(path, cancellationToken), service, vip.Family, port).ConfigureAwait(false) switch
            {
                null => Result(VipChecks.Listening, true, string.Empty, null) with { Outcome = LvsCheckOutcome.NotChecked, Message = $"Which {name} ports are listened on cannot be read on {host.Name}." },
                var listeners when listeners.Take(vip) => Result(VipChecks.Listening, true, $"A program listens on {name} port {port} for the VIP.", null),
                _ => Result(
                    VipChecks.Listening,
                    false,
                    $"No program listens on {name} port {port} for the VIP or for all addresses: clients are refused.",
                    $"Start the service, and let it listen on {vip} or on all addresses; see 'ss -ltnu'."),
            };
        }
    }
}
