using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Formatting;

/// <summary>
/// What the views of LvsAdmin.Format.ps1xml show where a property alone does not say it. It is read from the properties' text, which an object that
/// came from another session has just as one of this session.
/// </summary>
public static class View
{
    private const string ThisMachine = "localhost";

    private const int UsualColumns = 80;

    private const string Scales = "KMGTPE";

    // What 80 columns leave behind the longest label, "   VirtualService: ".
    private const int HeadingColumns = 61;

    /// <summary>The host of an object as a heading; of this machine's network namespaces, the namespace alone says enough.</summary>
    public static string Host(string hostName, string networkNamespace) => (hostName, string.IsNullOrEmpty(networkNamespace)) switch
    {
        (_, true) => hostName,
        (ThisMachine, false) => $"network namespace {networkNamespace}",
        _ => $"{hostName}, network namespace {networkNamespace}",
    };

    /// <summary>The text of the column of a table that takes what the others leave, with its words kept whole: PowerShell itself breaks lines within them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="taken">How many columns of the screen the others take, with what is between them.</param>
    /// <param name="host">The host, which knows how wide the screen is; 80 columns are taken where it does not.</param>
    public static string Words(string? text, int taken, PSHost host)
    {
        // Where a full line would end it anew, PowerShell leaves the last column of the screen free.
        int columns = Columns(host) - 1 - taken;
        return string.IsNullOrEmpty(text) || columns < 1 ? text ?? string.Empty : string.Join('\n', text.Split('\n').SelectMany(line => Wrapped(string.Empty, line, columns)));
    }

    /// <summary>A count that fits its column: where it is too long, in thousands (K), millions (M) and so on, as ipvsadm shows it. The object has all of it.</summary>
    /// <param name="count">The count; nothing where there is none.</param>
    /// <param name="columns">How wide the column is.</param>
    public static string Number(ulong? count, int columns)
    {
        if (count is not { } rest)
        {
            return string.Empty;
        }

        string text = rest.ToString(CultureInfo.InvariantCulture);
        for (int scale = 0; text.Length > columns && scale < Scales.Length; scale++)
        {
            rest /= 1000;
            text = string.Create(CultureInfo.InvariantCulture, $"{rest}{Scales[scale]}");
        }

        return text;
    }

    /// <summary>A time in seconds, such as <c>12.3 s</c>.</summary>
    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    /// <summary>How long each phase of an <see cref="LvsRolloutResult"/> took; of one that did not succeed, why.</summary>
    public static string RolloutSteps(PSObject result)
    {
        (string Name, string Property)[] phases =
        [
            ("drain", nameof(LvsRolloutResult.DrainTime)), ("script", nameof(LvsRolloutResult.ScriptTime)), ("health", nameof(LvsRolloutResult.HealthCheckTime)),
            ("resume", nameof(LvsRolloutResult.ResumeTime)),
        ];
        return Text(result, nameof(LvsRolloutResult.Error)) is { Length: > 0 } error
            ? error
            : string.Join(", ", phases.Select(phase => $"{phase.Name} {Seconds(LanguagePrimitives.ConvertTo<TimeSpan>(Value(result, phase.Property)))}"));
    }

    /// <summary>Why an <see cref="LvsRealServer"/> is held, by whom, since when, and how far it is on its way back.</summary>
    public static string Hold(PSObject server)
    {
        if (Value(server, "Hold") is not { } value)
        {
            return string.Empty;
        }

        PSObject hold = PSObject.AsPSObject(value);
        List<string> lines = [];
        if (Text(hold, nameof(LvsHold.Reason)) is { Length: > 0 } reason)
        {
            lines.Add(reason);
        }

        lines.Add($"by {Text(hold, nameof(LvsHold.By))} since {Time(hold, nameof(LvsHold.Since))}");
        if (Time(hold, nameof(LvsHold.Until)) is { Length: > 0 } until)
        {
            lines.Add($"until {until}");
        }

        if (Text(hold, nameof(LvsHold.ResumingAt)) is { Length: > 0 } weight)
        {
            lines.Add($"on its way back at weight {weight}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>The service of an <see cref="LvsRealServer"/> as a heading, with its host where that is not plainly this machine.</summary>
    public static string Service(PSObject server)
    {
        string service = Text(server, nameof(LvsRealServer.VirtualService));
        string host = Host(Text(server, nameof(LvsRealServer.HostName)), Text(server, nameof(LvsRealServer.NetworkNamespace)));
        return host is "" or ThisMachine ? service : Heading(service, $" ({host})");
    }

    /// <summary>What ipvsadm shows behind the scheduler of an <see cref="LvsVirtualService"/>: its flags, persistence, one-packet.</summary>
    public static string ServiceOptions(PSObject service)
    {
        List<string> options = [];
        if (Text(service, nameof(LvsVirtualService.SchedulerFlags)) is { Length: > 0 } flags)
        {
            options.Add($"({flags})");
        }

        if (Text(service, nameof(LvsVirtualService.PersistenceTimeout)) is { Length: > 0 } timeout)
        {
            options.Add($"persistent {timeout}");
        }

        if (Text(service, nameof(LvsVirtualService.PersistencePrefixLength)) is { Length: > 0 } length)
        {
            options.Add($"prefix /{length}");
        }

        if (Text(service, nameof(LvsVirtualService.PersistenceEngine)) is { Length: > 0 } engine)
        {
            options.Add($"pe {engine}");
        }

        if (LanguagePrimitives.IsTrue(Value(service, nameof(LvsVirtualService.OnePacket))))
        {
            options.Add("ops");
        }

        return string.Join(' ', options);
    }

    /// <summary>The service of an <see cref="LvsProbeResult"/> as a heading, and by which way its servers were asked.</summary>
    public static string ProbeGroup(PSObject result) => Heading(
        Service(result),
        LanguagePrimitives.IsTrue(Value(result, nameof(LvsProbeResult.ThroughVip))) ? ", by the VIP" : $", from {Text(result, nameof(LvsProbeResult.From))}");

    /// <summary>What a check found, and where it failed what was expected.</summary>
    public static string Found(PSObject result) => Text(result, nameof(LvsProbeResult.Outcome)) == nameof(LvsCheckOutcome.Failed)
        ? $"{Text(result, nameof(LvsProbeResult.Found))} (expected: {Text(result, nameof(LvsProbeResult.Expected))})"
        : Text(result, nameof(LvsProbeResult.Found));

    /// <summary>Who answered an <see cref="LvsServiceTest"/>, a line each, what was promised, and why probes failed.</summary>
    public static string Spread(PSObject result)
    {
        List<string> lines = [.. Lines(result, nameof(LvsServiceTest.Servers))];
        if (Text(result, nameof(LvsServiceTest.Untraced)) is { } untraced and not ("" or "0"))
        {
            lines.Add($"{untraced} with no server that the director still knows");
        }

        lines.Add($"{Text(result, nameof(LvsServiceTest.Scheduler))}: {Text(result, nameof(LvsServiceTest.Promise))}"
            + Text(result, nameof(LvsServiceTest.IsAsPromised)) switch
            {
                "True" => " - so it is",
                "False" => string.Create(CultureInfo.InvariantCulture, $" - {LanguagePrimitives.ConvertTo<double>(Value(result, nameof(LvsServiceTest.Deviation))):0%} went elsewhere"),
                _ => string.Empty,
            });
        return string.Join('\n', lines.Concat(Lines(result, nameof(LvsServiceTest.Failures))));
    }

    /// <summary>A duration in milliseconds; nothing where there is none.</summary>
    public static string Milliseconds(PSObject result, string property) =>
        TimeSpan.TryParse(Text(result, property), CultureInfo.InvariantCulture, out TimeSpan duration) && duration > TimeSpan.Zero
            ? duration.TotalMilliseconds.ToString(duration.TotalMilliseconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture)
            : string.Empty;

    /// <summary>The forwarding method of an <see cref="LvsRealServer"/>, with the tunnel where it is no plain one.</summary>
    public static string Forwarding(PSObject server)
    {
        string method = Text(server, nameof(LvsRealServer.Forwarding));
        return (method, method == nameof(LvsForwardingMethod.Tunnel) ? Text(server, nameof(LvsRealServer.TunnelType)) : null) switch
        {
            (_, nameof(LvsTunnelType.Gue)) => $"Tunnel (gue:{Text(server, nameof(LvsRealServer.TunnelPort))}{Checksum(server)})",
            (_, nameof(LvsTunnelType.Gre)) => $"Tunnel (gre{Checksum(server)})",
            _ => method,
        };
    }

    /// <summary>What the counters of an <see cref="LvsTrafficStatistics"/> belong to, indented as in ipvsadm.</summary>
    public static string Subject(PSObject statistics) => Text(statistics, nameof(LvsTrafficStatistics.Scope)) switch
    {
        nameof(LvsStatisticsScope.VirtualService) => Text(statistics, nameof(LvsTrafficStatistics.VirtualService)),
        nameof(LvsStatisticsScope.RealServer) => $"  -> {Text(statistics, nameof(LvsTrafficStatistics.RealServer))}",
        _ => "(director)",
    };

    /// <summary>Address and port as one writes them, whatever the kernel has.</summary>
    public static string Endpoint(string address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
    }

    /// <summary>The ARP ignore level of an <see cref="LvsArpPolicy"/> with the kernel's number: TargetOnInterface (1).</summary>
    public static string Ignore(PSObject policy) => Level<LvsArpIgnore>(policy, nameof(LvsArpPolicy.Ignore));

    /// <summary>The ARP announce level of an <see cref="LvsArpPolicy"/> with the kernel's number: BestLocal (2).</summary>
    public static string Announce(PSObject policy) => Level<LvsArpAnnounce>(policy, nameof(LvsArpPolicy.Announce));

    /// <summary>Both effective levels of an <see cref="LvsArpPolicy"/> as the kernel's numbers.</summary>
    public static string Effective(PSObject policy) =>
        $"ignore {Number<LvsArpIgnore>(policy, nameof(LvsArpPolicy.EffectiveIgnore))}, announce {Number<LvsArpAnnounce>(policy, nameof(LvsArpPolicy.EffectiveAnnounce))}";

    /// <summary>Whether an <see cref="LvsRealServerVip"/> is ready, or the first thing that keeps it from being so.</summary>
    public static string Status(PSObject vip) =>
        LanguagePrimitives.GetEnumerable(Value(vip, nameof(LvsRealServerVip.Problems)))?.Cast<object>().FirstOrDefault()?.ToString() ?? "Ready";

    /// <summary>What a check saw, and what to do about it.</summary>
    public static string Finding(PSObject result)
    {
        string message = Text(result, "Message");
        return Text(result, "Remedy") is { Length: > 0 } remedy ? $"{message}\n{remedy}" : message;
    }

    /// <summary>
    /// A <see cref="LvsDeploymentCheck"/> as a few lines: how it ended, by a mark that is found at a glance in a long list, what was found for what, why that matters, and
    /// what mends it. Words are kept whole, and the line that mends it stands on a line of its own, to be copied.
    /// </summary>
    public static string DeploymentCheck(PSObject check)
    {
        string mark = Text(check, nameof(LvsDeploymentCheck.Outcome)) switch
        {
            nameof(LvsCheckOutcome.Failed) => "FAILED",
            nameof(LvsCheckOutcome.NotChecked) => "?",
            _ when LanguagePrimitives.IsTrue(Value(check, nameof(LvsDeploymentCheck.Repaired))) => "mended",
            _ => "ok",
        };
        string found = Text(check, nameof(LvsDeploymentCheck.Found));
        string[] subjects = [nameof(LvsDeploymentCheck.RealServer), nameof(LvsDeploymentCheck.VirtualService), nameof(LvsDeploymentCheck.Vip)];
        string subject = subjects.Select(name => Text(check, name)).FirstOrDefault(text => text.Length > 0) ?? string.Empty;
        string head = $"{mark,-6} {Text(check, nameof(LvsDeploymentCheck.Cause)),-18} ";
        List<string> lines = [.. Wrapped(head, found.Contains(subject, StringComparison.Ordinal) ? found : $"{subject}: {found}")];
        string indent = new(' ', 7);
        if (Text(check, nameof(LvsDeploymentCheck.Reason)) is { Length: > 0 } reason)
        {
            lines.AddRange(Wrapped(indent, reason));
        }

        if (Text(check, nameof(LvsDeploymentCheck.Advice)) is { Length: > 0 } advice)
        {
            lines.AddRange(Wrapped(indent, $"By hand: {advice}"));
        }

        if (Text(check, nameof(LvsDeploymentCheck.Remedy)) is { Length: > 0 } remedy)
        {
            lines.Add($"{indent}{remedy}");
        }

        return string.Join('\n', lines);
    }

    private static int Columns(PSHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        try
        {
            return host.UI?.RawUI?.BufferSize.Width is > 0 and int width ? width : UsualColumns;
        }
        catch (Exception)
        {
            // Each host without a screen says so in its own way; PowerShell, which asks the same, takes them all as we do.
            return UsualColumns;
        }
    }

    // What stands before the first line is as wide before the others; 79 columns are read easily on wider screens too.
    private static IEnumerable<string> Wrapped(string before, string text, int width = 79)
    {
        StringBuilder line = new(before);
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > before.Length)
            {
                if (line.Length + 1 + word.Length > width)
                {
                    yield return line.ToString();
                    line.Clear().Append(' ', before.Length);
                }
                else
                {
                    line.Append(' ');
                }
            }

            line.Append(word);
        }

        yield return line.ToString();
    }

    /// <summary>What a <see cref="LvsConfigurationChange"/> belongs to as a heading: its service or the director itself, with the host where that is not plainly this machine.</summary>
    public static string ChangeGroup(PSObject change)
    {
        string service = Text(change, nameof(LvsConfigurationChange.VirtualService));
        string host = Host(Text(change, nameof(LvsConfigurationChange.HostName)), Text(change, nameof(LvsConfigurationChange.NetworkNamespace)));
        return Heading(service.Length > 0 ? service : "the director itself", host is "" or ThisMachine ? string.Empty : $" ({host})");
    }

    /// <summary>The object of a <see cref="LvsConfigurationChange"/> within its group.</summary>
    public static string ChangeObject(PSObject change) => (Text(change, nameof(LvsConfigurationChange.VirtualService)), Text(change, nameof(LvsConfigurationChange.RealServer))) switch
    {
        ("", _) => Text(change, nameof(LvsConfigurationChange.Identity)),
        (_, "") => "service",
        (_, var server) => server,
    };

    /// <summary>What changes by a <see cref="LvsConfigurationChange"/>, and why.</summary>
    public static string Change(PSObject change)
    {
        string property = Text(change, nameof(LvsConfigurationChange.Property));
        string current = Text(change, nameof(LvsConfigurationChange.Current));
        string desired = Text(change, nameof(LvsConfigurationChange.Desired));
        string reason = Text(change, nameof(LvsConfigurationChange.Reason));
        string what = Text(change, nameof(LvsConfigurationChange.Action)) switch
        {
            nameof(LvsChangeAction.Add) => desired,
            nameof(LvsChangeAction.Remove) or nameof(LvsChangeAction.Extra) => current,
            nameof(LvsChangeAction.Held) => $"stays at {property} 0, not {desired}",
            _ => $"{property}: {(current.Length > 0 ? current : "none")} -> {(desired.Length > 0 ? desired : "none")}",
        };
        return reason.Length > 0 ? $"{what}\n{reason}" : what;
    }

    /// <summary>The connections on what a <see cref="LvsConfigurationChange"/> removes; nothing for one that removes nothing.</summary>
    public static string ChangeConnections(PSObject change) =>
        Text(change, nameof(LvsConfigurationChange.Action)) == nameof(LvsChangeAction.Remove) ? Text(change, nameof(LvsConfigurationChange.ConnectionsAffected)) : string.Empty;

    /// <summary>A time that an object tells, in UTC to the second.</summary>
    public static string Time(PSObject value, string name) =>
        DateTimeOffset.TryParse(Text(value, name), CultureInfo.InvariantCulture, out DateTimeOffset time) ? time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture) : string.Empty;

    /// <summary>The differences of an <see cref="LvsPlan"/>, a line each.</summary>
    public static string PlanText(PSObject plan) =>
        string.Join('\n', (LanguagePrimitives.GetEnumerable(Value(plan, nameof(LvsPlan.Changes)))?.Cast<object>() ?? []).Select(change => change.ToString()));

    // PowerShell breaks a long heading within words: here it goes on in a line of its own, indented as the label is.
    private static string Heading(string begin, string more)
    {
        int last = begin.Length - (begin.LastIndexOf('\n') + 1);
        return last + more.Length > HeadingColumns ? $"{begin}\n   {more.TrimStart(' ', ',')}" : begin + more;
    }

    private static IEnumerable<string> Lines(PSObject value, string property) =>
        LanguagePrimitives.GetEnumerable(Value(value, property))?.Cast<object>().Select(each => $"{each}") ?? [];

    private static string Checksum(PSObject server) => Text(server, nameof(LvsRealServer.TunnelChecksum)) switch
    {
        nameof(LvsTunnelChecksum.Checksum) => " +csum",
        nameof(LvsTunnelChecksum.Remote) => " +remcsum",
        _ => string.Empty,
    };

    private static string Level<T>(PSObject policy, string name)
        where T : struct, Enum
    {
        int number = Number<T>(policy, name);
        return Enum.IsDefined(typeof(T), number) ? $"{Text(policy, name)} ({number})" : $"reserved ({number})";
    }

    // An enumeration travels as its name, or as its number where that has none.
    private static int Number<T>(PSObject value, string name)
        where T : struct, Enum
    {
        return Enum.TryParse(Text(value, name), out T level) ? Convert.ToInt32(level, CultureInfo.InvariantCulture) : 0;
    }

    private static string Text(PSObject value, string name) => Convert.ToString(Value(value, name), CultureInfo.InvariantCulture) ?? string.Empty;

    private static object? Value(PSObject value, string name)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Properties[name]?.Value;
    }
}
