namespace LvsAdmin.Core.Ipvs;

/// <summary>A scheduler that kernels are known to have (one module ip_vs_NAME each, net/netfilter/ipvs/ip_vs_*.c), with what it does.</summary>
/// <param name="Name">The name that the kernel takes.</param>
/// <param name="Description">How it chooses a real server.</param>
public sealed record LvsScheduler(string Name, string Description)
{
    /// <summary>All of them, in the order of ipvsadm(8).</summary>
    public static IReadOnlyList<LvsScheduler> Known { get; } =
    [
        new("rr", "Round robin: each server in turn"),
        new("wrr", "Weighted round robin: in turn, by weight"),
        new("lc", "Least connections"),
        new("wlc", "Weighted least connections (the default)"),
        new("lblc", "Locality-based least connections, for cache clusters"),
        new("lblcr", "Locality-based least connections with replication"),
        new("dh", "Destination hashing"),
        new("sh", "Source hashing: a client stays with its server (flags sh-fallback, sh-port)"),
        new("mh", "Maglev hashing: a client stays with its server, few move when servers change (flags mh-fallback, mh-port)"),
        new("sed", "Shortest expected delay"),
        new("nq", "Never queue: an idle server first, else the shortest expected delay"),
        new("fo", "Weighted failover: the available server of the greatest weight gets all"),
        new("ovf", "Weighted overflow: the server of the greatest weight until its connections reach its weight, then the next"),
        new("twos", "Power of two random choices, the less loaded of both"),
        new("none", "No scheduler: the service schedules nothing"),
    ];
}
