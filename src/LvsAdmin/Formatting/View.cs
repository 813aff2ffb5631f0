using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Formatting;

/// <summary>What the views of LvsAdmin.Format.ps1xml show where a property alone does not say it.</summary>
public static class View
{
    private const string ThisMachine = "localhost";

    /// <summary>The host of an object as a heading; of this machine's network namespaces, the namespace alone says enough.</summary>
    public static string Host(string hostName, string networkNamespace) => (hostName, string.IsNullOrEmpty(networkNamespace)) switch
    {
        (_, true) => hostName,
        (ThisMachine, false) => $"network namespace {networkNamespace}",
        _ => $"{hostName}, network namespace {networkNamespace}",
    };

    /// <summary>A service as a heading, with its host where that is not plainly this machine.</summary>
    public static string Service(LvsRealServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        string host = Host(server.HostName, server.NetworkNamespace ?? string.Empty);
        return host is "" or ThisMachine ? server.VirtualService.ToString() : $"{server.VirtualService} ({host})";
    }

    /// <summary>What ipvsadm shows behind the scheduler: its flags, persistence, one-packet.</summary>
    public static string ServiceOptions(LvsVirtualService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        List<string> options = [];
        if (!service.SchedulerFlags.IsEmpty)
        {
            options.Add($"({service.SchedulerFlags})");
        }

        if (service.PersistenceTimeout is { } timeout)
        {
            options.Add($"persistent {timeout}");
        }

        if (service.PersistencePrefixLength is { } length)
        {
            options.Add($"prefix /{length}");
        }

        if (service.PersistenceEngine is { } engine)
        {
            options.Add($"pe {engine}");
        }

        if (service.OnePacket)
        {
            options.Add("ops");
        }

        return string.Join(' ', options);
    }

    /// <summary>The forwarding method, with the tunnel where it is no plain one.</summary>
    public static string Forwarding(LvsRealServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return server switch
        {
            { Forwarding: LvsForwardingMethod.Tunnel, TunnelType: LvsTunnelType.Gue } => $"Tunnel (gue:{server.TunnelPort}{Checksum(server.TunnelChecksum)})",
            { Forwarding: LvsForwardingMethod.Tunnel, TunnelType: LvsTunnelType.Gre } => $"Tunnel (gre{Checksum(server.TunnelChecksum)})",
            _ => server.Forwarding.ToString(),
        };
    }

    /// <summary>What counters belong to, indented as in ipvsadm.</summary>
    public static string Subject(LvsTrafficStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return statistics.Scope switch
        {
            LvsStatisticsScope.VirtualService => statistics.VirtualService!.ToString(),
            LvsStatisticsScope.RealServer => $"  -> {statistics.RealServer}",
            _ => "(director)",
        };
    }

    /// <summary>Address and port as one writes them, whatever the kernel has.</summary>
    public static string Endpoint(LvsAddress address, int port) => $"{address.ToBracketedString()}:{port}";

    /// <summary>A level with the kernel's number: TargetOnInterface (1).</summary>
    public static string Level(Enum level)
    {
        ArgumentNullException.ThrowIfNull(level);
        int number = Convert.ToInt32(level, System.Globalization.CultureInfo.InvariantCulture);
        return Enum.IsDefined(level.GetType(), level) ? $"{level} ({number})" : $"reserved ({number})";
    }

    /// <summary>Both effective levels as the kernel's numbers.</summary>
    public static string Effective(LvsArpPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return $"ignore {(int)policy.EffectiveIgnore}, announce {(int)policy.EffectiveAnnounce}";
    }

    /// <summary>Whether a virtual IP is ready, or the first thing that keeps it from being so.</summary>
    public static string Status(LvsRealServerVip vip)
    {
        ArgumentNullException.ThrowIfNull(vip);
        return vip.Problems.Count == 0 ? "Ready" : vip.Problems[0];
    }

    /// <summary>What a check saw, and what to do about it.</summary>
    public static string Finding(LvsCheckResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Remedy is null ? result.Message : $"{result.Message}\n{result.Remedy}";
    }

    private static string Checksum(LvsTunnelChecksum checksum) => checksum switch
    {
        LvsTunnelChecksum.Checksum => " +csum",
        LvsTunnelChecksum.Remote => " +remcsum",
        _ => string.Empty,
    };
}
