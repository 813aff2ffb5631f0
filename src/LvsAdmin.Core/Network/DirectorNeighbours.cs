using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Asks the neighbours of a director whether one of them has an address, and tells them that the director has it.</summary>
internal static partial class DirectorNeighbours
{
    // Two questions, a second apart: one may be lost. Two announcements for the same reason (RFC 5227, 2.3).
    private const string Times = "2";
    private const string Deadline = "2";

    // The kernel asks once a second (retrans_time_ms), and so twice within this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    // Under one name there are three programs; that of iputils and that of busybox take the same options and print the same words.
    private static readonly string[][] ArpingPrograms = [["arping"], ["busybox", "arping"]];

    /// <summary>What the neighbours said.</summary>
    /// <param name="MacAddress">Who has the address; null when nobody answered.</param>
    /// <param name="WasAsked">Whether they could be asked at all.</param>
    /// <param name="Arping">The program that can announce an IPv4 address; null where none was found.</param>
    internal sealed record Answer(string? MacAddress, bool WasAsked, IReadOnlyList<string>? Arping);

    /// <summary>Asks who has an address. Nothing on this host changes by it; where nobody answers, it takes two seconds.</summary>
    /// <exception cref="LvsHostException">The rights for it are missing (AccessDenied), or the host cannot be reached.</exception>
    internal static async ValueTask<Answer> AskAsync(ILvsHost host, string interfaceName, LvsAddress address, CancellationToken cancellationToken)
    {
        if (address.Family == LvsAddressFamily.IPv4)
        {
            foreach (string[] program in ArpingPrograms)
            {
                // -D: as one who does not have the address yet, so that nobody learns anything from the question (RFC 5227, 2.1.1).
                ProgramResult? result = await ArpingAsync(host, program, "-D", interfaceName, address, cancellationToken).ConfigureAwait(false);
                if (result?.Output.Contains($"ARPING {address} from 0.0.0.0 ", StringComparison.Ordinal) == true)
                {
                    return new Answer(Mac().Match(result.Output) is { Success: true } found ? found.Value.ToLowerInvariant() : null, true, program);
                }
            }
        }

        return await AskKernelAsync(host, interfaceName, address, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The step that announces an IPv4 address, so that who holds another host for its owner learns better at once.</summary>
    internal static HostChange Announce(ILvsHost host, IReadOnlyList<string> arping, string interfaceName, LvsAddress address) => new(
        $"interface {interfaceName}",
        "gratuitous ARP",
        null,
        $"{address}",
        async stop =>
        {
            ProgramResult? result = await ArpingAsync(host, arping, "-U", interfaceName, address, stop).ConfigureAwait(false);
            if (result?.Output.Contains("Sent ", StringComparison.Ordinal) != true)
            {
                throw new LvsHostException(
                    LvsHostError.Failed, $"'{string.Join(' ', arping)}' on {host.Name} could not announce {address}: {result?.Error.Trim()}{result?.Output.Trim()}");
            }
        },
        _ => ValueTask.CompletedTask);

    /// <summary>
    /// The step that adds an IPv6 address which the kernel itself announces: it does so where ndisc_notify is on, when an address that was looked for among
    /// the neighbours proves to be free, and so not for one that was added without the search (nodad). That word is added afterwards.
    /// </summary>
    internal static HostChange AddAnnounced(ILvsHost host, string interfaceName, InterfaceAddress address)
    {
        HostChange plain = VipSteps.AddAddress(host, interfaceName, address);
        string prefix = $"{address.Address}/{address.PrefixLength.ToString(CultureInfo.InvariantCulture)}";
        return new HostChange(plain.Target, plain.Property, plain.OldValue, $"{plain.NewValue}, announced", ApplyAsync, plain.Undo);

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            await IpCommand.RunAsync(host, stop, "-6", "address", "add", prefix, "dev", interfaceName, "preferred_lft", "0").ConfigureAwait(false);
            try
            {
                // The kernel announces it soon after; it stays tentative for longer only where there is no carrier.
                Stopwatch watch = Stopwatch.StartNew();
                while (watch.Elapsed < Patience && await IsTentativeAsync(stop).ConfigureAwait(false))
                {
                    await Task.Delay(BetweenLooks, stop).ConfigureAwait(false);
                }

                await IpCommand.RunAsync(host, stop, "-6", "address", "change", prefix, "dev", interfaceName, "nodad", "preferred_lft", "0").ConfigureAwait(false);
            }
            catch
            {
                await plain.Undo(CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }

        async ValueTask<bool> IsTentativeAsync(CancellationToken stop) =>
            (await IpCommand.QueryAsync(host, stop, "-6", "-json", "address", "show", "dev", interfaceName, "tentative").ConfigureAwait(false))
                .Any(each => each.GetRawText().Contains($"\"{address.Address}\"", StringComparison.Ordinal));
    }

    private static async ValueTask<ProgramResult?> ArpingAsync(
        ILvsHost host, IReadOnlyList<string> program, string mode, string interfaceName, LvsAddress address, CancellationToken cancellationToken)
    {
        ProgramResult result;
        try
        {
            result = await host.RunAsync(
                new ProgramInvocation(program[0], [.. program.Skip(1), mode, "-c", Times, "-w", Deadline, "-I", interfaceName, $"{address}"]),
                cancellationToken).ConfigureAwait(false);
        }
        catch (LvsHostException exception) when (exception.Error == LvsHostError.ProgramMissing)
        {
            return null;
        }

        return result.Error.Contains("not permitted", StringComparison.OrdinalIgnoreCase)
            ? throw new LvsHostException(
                LvsHostError.AccessDenied, $"'{string.Join(' ', program)}' on {host.Name} may not ask its neighbours: {result.Error.Trim()}. Run as root, or with the capability CAP_NET_RAW.")
            : result;
    }

    // The kernel itself asks for a neighbour when it is told that the neighbour is used (NTF_USE; neigh_add, net/core/neighbour.c).
    private static async ValueTask<Answer> AskKernelAsync(ILvsHost host, string interfaceName, LvsAddress address, CancellationToken cancellationToken)
    {
        string family = IpCommand.FamilyOption(address.Family);
        // What was heard earlier, perhaps from a director that is dead now, would be taken for an answer.
        string[] flush = [family, "neigh", "flush", "to", $"{address}", "dev", interfaceName];
        await IpCommand.RunAsync(host, cancellationToken, flush).ConfigureAwait(false);
        try
        {
            await IpCommand.RunAsync(host, cancellationToken, family, "neigh", "replace", $"{address}", "dev", interfaceName, "use").ConfigureAwait(false);
        }
        catch (LvsHostException exception) when (exception.Error == LvsHostError.Failed)
        {
            // The word came with iproute2 5.16.
            return new Answer(null, false, null);
        }

        string? mac;
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            JsonElement[] known = await IpCommand.QueryAsync(host, cancellationToken, family, "-json", "neigh", "show", "to", $"{address}", "dev", interfaceName)
                .ConfigureAwait(false);
            mac = known.Where(each => !IsIn(each, "PERMANENT")).Select(each => each.TryGetProperty("lladdr", out JsonElement text) ? text.GetString() : null).FirstOrDefault();
            if (mac is not null || !known.Any(each => IsIn(each, "INCOMPLETE")) || watch.Elapsed > Patience)
            {
                break;
            }

            await Task.Delay(BetweenLooks, cancellationToken).ConfigureAwait(false);
        }

        await IpCommand.RunAsync(host, CancellationToken.None, flush).ConfigureAwait(false);
        return new Answer(mac, true, null);
    }

    private static bool IsIn(JsonElement neighbour, string state) =>
        neighbour.TryGetProperty("state", out JsonElement states) && states.EnumerateArray().Any(each => each.GetString() == state);

    [GeneratedRegex("[0-9a-f]{2}(:[0-9a-f]{2}){5}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mac();
}
