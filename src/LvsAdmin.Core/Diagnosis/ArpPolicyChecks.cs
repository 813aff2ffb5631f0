using System.Runtime.CompilerServices;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Checks whether a host's ARP behaviour suits its role for virtual IPs. A real server, which holds a VIP where no neighbour asks, must be silent about it; on
/// the director nobody else may answer for it; and any other host on the VIP's link must hear just one answer. Nothing is changed.
/// </summary>
public static class ArpPolicyChecks
{
    private const string ArpIgnore = nameof(ArpIgnore);
    private const string ArpAnnounce = nameof(ArpAnnounce);
    private const string NeighbourSilence = nameof(NeighbourSilence);
    private const string SoleOwner = nameof(SoleOwner);

    /// <summary>Checks a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="options">What to check, and how.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <returns>The results, one a check, as they come.</returns>
    /// <exception cref="LvsHostException">A named interface does not exist (InterfaceMissing), or the host cannot be read.</exception>
    public static async IAsyncEnumerable<LvsCheckResult> CheckAsync(
        ILvsHost host, ArpPolicyCheckOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        foreach (string missing in options.Interfaces.Where(name => state.Find(name) is null))
        {
            throw NetworkInterfaces.Missing(host, missing, state.Interfaces.Select(each => each.Name));
        }

        Checker checker = new(host, options, state, new LinkProbe(host, options.TimeoutSeconds));
        IReadOnlyList<LvsAddress> addresses = options.Addresses.Count > 0
            ? options.Addresses
            : [.. state.Vips().Select(held => held.Address.Address).Distinct().Order()];
        foreach (LvsAddress address in addresses)
        {
            await foreach (LvsCheckResult result in checker.CheckAsync(address, cancellationToken).ConfigureAwait(false))
            {
                yield return result with { HostName = host.Name, NetworkNamespace = host.NetworkNamespace };
            }
        }

        foreach (LvsCheckResult result in addresses.Count > 0 ? [] : checker.CheckFitness())
        {
            yield return result with { HostName = host.Name, NetworkNamespace = host.NetworkNamespace };
        }
    }

    private sealed class Checker(ILvsHost host, ArpPolicyCheckOptions options, RealServerState state, LinkProbe probe)
    {
        internal async IAsyncEnumerable<LvsCheckResult> CheckAsync(LvsAddress vip, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            (HostInterface Interface, InterfaceAddress Address)[] holders = [.. state.Holders(vip)];
            HostInterface[] owners = [.. holders.Where(held => !held.Interface.HoldsAsVip(held.Address)).Select(held => held.Interface)];
            if (owners.Length > 0)
            {
                foreach (string name in options.Interfaces.Count > 0 ? options.Interfaces : [.. owners.Select(owner => owner.Name)])
                {
                    yield return await CheckFromOwnerAsync(vip, name, cancellationToken).ConfigureAwait(false);
                }

                yield break;
            }

            JsonElement route = default;
            if (holders.Length == 0)
            {
                try
                {
                    route = (await IpCommand.QueryAsync(host, cancellationToken, "-json", "route", "get", vip.ToString()).ConfigureAwait(false)).FirstOrDefault();
                }
                catch (LvsHostException unreachable) when (unreachable.Error == LvsHostError.Failed)
                {
                    // Then there is no way to ask either, which the result says.
                }
            }

            // A route of type local makes an address the host's own as well, without any interface that has it.
            if (holders.Length > 0 || IpCommand.Text(route, "type") == "local")
            {
                string where = holders.Length > 0 ? string.Join(", ", holders.Select(held => held.Interface.Name)) : "a local route";
                if (vip.Family == LvsAddressFamily.IPv6)
                {
                    yield return await CheckNeighbourSilenceAsync(vip, where, cancellationToken).ConfigureAwait(false);
                    yield break;
                }

                foreach (LvsCheckResult result in CheckSilence(vip.ToString(), where, holders.Length > 0 ? holders[0].Address.Scope : "global"))
                {
                    yield return result;
                }

                yield break;
            }

            IReadOnlyList<string> ways = options.Interfaces.Count > 0 ? options.Interfaces : IpCommand.Text(route, "dev") is { } device ? [device] : [];
            if (options.Interfaces.Count == 0 && (ways.Count == 0 || IpCommand.Text(route, "gateway") is not null || route.TryGetProperty("via", out _)))
            {
                yield return new LvsCheckResult
                {
                    Subject = vip.ToString(),
                    Check = SoleOwner,
                    Outcome = LvsCheckOutcome.NotChecked,
                    Message = ways.Count == 0
                        ? "This host has no route to the VIP."
                        : $"The VIP is reached through the router {IpCommand.Text(route, "gateway") ?? "of another family"}: who answers for it is seen on its own link only.",
                    Remedy = "Run this on a host of the VIP's link: the director, a real server, or the router.",
                };
                yield break;
            }

            foreach (string name in ways)
            {
                yield return await CheckFromOutsideAsync(vip, name, cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>Whether a host without VIPs could hold one.</summary>
        internal IEnumerable<LvsCheckResult> CheckFitness()
        {
            string[] deaf = [.. options.Interfaces.Where(name => !state.Find(name)!.HearsArp)];
            foreach (string name in deaf)
            {
                yield return new LvsCheckResult
                {
                    Subject = name,
                    Check = ArpIgnore,
                    Outcome = LvsCheckOutcome.NotChecked,
                    Message = $"No ARP request arrives on {name} now, so its levels decide nothing.",
                    Remedy = name == "lo" ? "Name the interfaces towards the director." : null,
                };
            }

            LvsArpPolicy[] hearing = [.. state.Hearing(options.Interfaces)];
            foreach (LvsArpPolicy policy in hearing)
            {
                foreach (LvsCheckResult result in Judge(policy.Interface, [policy], "global", null))
                {
                    yield return result;
                }
            }

            if (hearing.Length == 0 && deaf.Length == 0)
            {
                yield return new LvsCheckResult
                {
                    Subject = host.Name,
                    Check = ArpIgnore,
                    Outcome = LvsCheckOutcome.NotChecked,
                    Message = "This host holds no VIP, and no interface of it hears ARP requests now.",
                };
            }
        }

        private IEnumerable<LvsCheckResult> CheckSilence(string vip, string where, string scope)
        {
            LvsArpPolicy[] hearing = [.. state.Hearing(options.Interfaces)];
            return hearing.Length > 0
                ? Judge(vip, hearing, scope, where)
                :
                [
                    new LvsCheckResult
                    {
                        Subject = vip,
                        Check = ArpIgnore,
                        Outcome = LvsCheckOutcome.NotChecked,
                        Message = $"The VIP is on {where}, and no interface of this host{(options.Interfaces.Count > 0 ? " among the named ones" : string.Empty)} hears ARP requests now.",
                    },
                ];
        }

        /// <param name="subject">What is judged.</param>
        /// <param name="hearing">The interfaces on which the VIP can be asked for.</param>
        /// <param name="scope">The scope of the VIP.</param>
        /// <param name="where">Where the VIP is; null for one that the host may get.</param>
        private IEnumerable<LvsCheckResult> Judge(string subject, LvsArpPolicy[] hearing, string scope, string? where)
        {
            LvsArpPolicy[] answering = [.. hearing.Where(policy => RealServerState.Answers(policy.EffectiveIgnore, scope))];
            LvsArpPolicy[] announcing = [.. hearing.Where(policy => policy.EffectiveAnnounce != LvsArpAnnounce.BestLocal)];
            (string begin, string vip) = where is null ? ("This host holds no VIP now. If it did, requests", "it") : ($"The VIP is on {where}. Requests", "the VIP");
            string would = where is null ? "would" : "do";
            yield return new LvsCheckResult
            {
                Subject = subject,
                Check = ArpIgnore,
                Outcome = answering.Length == 0 ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed,
                Message = answering.Length == 0
                    ? $"{begin} for {vip} {would} not get an answer on {Levels(hearing, policy => (int)policy.EffectiveIgnore)}."
                    : $"{begin} for {vip} {would} get an answer on {Levels(answering, policy => (int)policy.EffectiveIgnore)}, which takes it away from the director.{OfLo(policy => (int)policy.Ignore)}",
                Remedy = answering.Length == 0 ? null : Remedy(answering, "-Ignore TargetOnInterface", policy => (int)policy.Ignore, (int)LvsArpIgnore.TargetOnInterface),
            };
            yield return new LvsCheckResult
            {
                Subject = subject,
                Check = ArpAnnounce,
                Outcome = announcing.Length == 0 ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed,
                Message = announcing.Length == 0
                    ? $"Requests of this host name an address of the link as their sender, never a VIP, on {Levels(hearing, policy => (int)policy.EffectiveAnnounce)}."
                    : $"Requests of this host may name a VIP as their sender on {Levels(announcing, policy => (int)policy.EffectiveAnnounce)}, which misleads its neighbours.{OfLo(policy => (int)policy.Announce)}",
                Remedy = announcing.Length == 0 ? null : Remedy(announcing, "-Announce BestLocal", policy => (int)policy.Announce, (int)LvsArpAnnounce.BestLocal),
            };
        }

        private string OfLo(Func<LvsArpPolicy, int> level) =>
            state.Policies.FirstOrDefault(policy => policy.Interface == "lo") is { } lo && level(lo) > 0
                ? $" The level {level(lo)} of lo does nothing: the interface on which a request arrives decides."
                : string.Empty;

        /// <summary>What mends it. The kernel takes the larger level, so one above the wanted level has to be set as well, wherever it is.</summary>
        private string Remedy(LvsArpPolicy[] bad, string parameter, Func<LvsArpPolicy, int> level, int wanted)
        {
            IEnumerable<string> names = options.Interfaces.Count > 0 ? bad.Select(policy => policy.Interface) : [state.All.Interface];
            string[] targets = [.. names.Concat(bad.Append(state.All).Where(policy => level(policy) > wanted).Select(policy => policy.Interface)).Distinct()];
            return $"Set-LvsArpPolicy {string.Join(", ", targets)} {parameter}{(host.NetworkNamespace is null ? " -Persistent" : string.Empty)} mends it.";
        }

        private static string Levels(LvsArpPolicy[] policies, Func<LvsArpPolicy, int> level) =>
            string.Join(", ", policies.Select(policy => $"{policy.Interface} (effective level {level(policy)})"));

        private async ValueTask<LvsCheckResult> CheckNeighbourSilenceAsync(LvsAddress vip, string where, CancellationToken cancellationToken)
        {
            JsonElement[] proxies = await IpCommand.QueryAsync(host, cancellationToken, "-6", "-json", "neighbor", "show", "proxy").ConfigureAwait(false);
            List<string> answering = [];
            foreach (string name in from proxy in proxies
                                    where IpCommand.Text(proxy, "dst") == vip.ToString()
                                    let device = IpCommand.Text(proxy, "dev")
                                    where device is not null && (options.Interfaces.Count == 0 || options.Interfaces.Contains(device))
                                    select device)
            {
                // ndisc_recv_ns, net/ipv6/ndisc.c: a router that has proxying switched on, on all interfaces or on this one.
                if (await IsOnAsync(name, "forwarding").ConfigureAwait(false)
                    && (await IsOnAsync("all", "proxy_ndp").ConfigureAwait(false) || await IsOnAsync(name, "proxy_ndp").ConfigureAwait(false)))
                {
                    answering.Add(name);
                }
            }

            return new LvsCheckResult
            {
                Subject = vip.ToString(),
                Check = NeighbourSilence,
                Outcome = answering.Count == 0 ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed,
                Message = answering.Count == 0
                    ? $"The VIP is on {where}, where no neighbour solicitation arrives, and this host is no proxy for it."
                    : $"The VIP is on {where}, but this host is a neighbour proxy for it on {string.Join(", ", answering)}, which takes it away from the director.",
                Remedy = answering.Count == 0 ? null : $"ip -6 neighbor delete proxy {vip} dev {answering[0]} mends it.",
            };

            async ValueTask<bool> IsOnAsync(string name, string setting) =>
                KernelParameterText.IsSet(await host.ReadFileAsync($"/proc/sys/net/ipv6/conf/{name}/{setting}", cancellationToken).ConfigureAwait(false));
        }

        private async ValueTask<LvsCheckResult> CheckFromOwnerAsync(LvsAddress vip, string name, CancellationToken cancellationToken)
        {
            LinkAnswer answer = await AskAsync(vip, name, isOwn: true, cancellationToken).ConfigureAwait(false);
            return Result(vip, answer, answer.MacAddresses.Count == 0, answer.MacAddresses.Count == 0
                ? $"This host owns the VIP, and nobody else on the link of {name} answers for it."
                : $"This host owns the VIP, but {Hosts(answer.MacAddresses)} on the link of {name} for it too: a real server that is not silent, or a second director.");
        }

        private async ValueTask<LvsCheckResult> CheckFromOutsideAsync(LvsAddress vip, string name, CancellationToken cancellationToken)
        {
            LinkAnswer answer = await AskAsync(vip, name, isOwn: false, cancellationToken).ConfigureAwait(false);
            string[] expected = [.. options.MacAddresses];
            string[] foreign = expected.Length == 0 ? [] : [.. answer.MacAddresses.Except(expected)];
            return answer.MacAddresses switch
            {
                [] => Result(vip, answer, false, $"Nobody on the link of {name} answers for the VIP: no director holds it.") with
                {
                    Remedy = answer.Remedy ?? "Give the VIP to the director: Enable-LvsDirectorVip.",
                },
                [var only] when foreign.Length > 0 => Result(
                    vip, answer, false, $"Only {only} on the link of {name} answers for the VIP, which is not the director's {string.Join(" or ", expected)}."),
                [var only] when expected.Length > 0 => Result(vip, answer, true, $"Only the director's {only} on the link of {name} answers for the VIP."),
                [var only] => Result(vip, answer, true, $"Only {only} on the link of {name} answers for the VIP. With -MacAddress it is compared with the director's."),
                _ => Result(vip, answer, false, $"{Hosts(answer.MacAddresses)} on the link of {name} for the VIP: only the director may.{(expected.Length == 0 ? string.Empty : $" Not the director's: {string.Join(", ", foreign)}.")}"),
            };
        }

        private async ValueTask<LinkAnswer> AskAsync(LvsAddress vip, string name, bool isOwn, CancellationToken cancellationToken) =>
            state.Find(name) is { HearsArp: true }
                ? await probe.AskAsync(vip, name, isOwn, cancellationToken).ConfigureAwait(false)
                : LinkAnswer.NotAsked($"{name} is down, or has no neighbours that could be asked.", "Name the interface on the VIP's link by -Interface.");

        private static LvsCheckResult Result(LvsAddress vip, LinkAnswer answer, bool good, string message) => new()
        {
            Subject = vip.ToString(),
            Check = SoleOwner,
            Outcome = answer.Trouble is not null ? LvsCheckOutcome.NotChecked : good ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed,
            Message = answer.Trouble ?? message,
            Remedy = answer.Trouble is not null || good
                ? answer.Remedy
                : "Run Test-LvsArpPolicy on the host with that MAC address. A real server needs Set-LvsArpPolicy -Ignore TargetOnInterface -Announce BestLocal.",
        };

        private static string Hosts(IReadOnlyList<string> macAddresses) =>
            macAddresses.Count == 1 ? $"{macAddresses[0]} answers" : $"{string.Join(", ", macAddresses)} answer";
    }
}
