using System.Diagnostics.CodeAnalysis;

namespace LvsAdmin.Core.Network;

/// <summary>
/// The parameters of net.ipv4.vs that this version knows, from Documentation/networking/ipvs-sysctl.rst and the table in
/// net/netfilter/ipvs/ip_vs_ctl.c. A host's kernel may have others, and lack some.
/// </summary>
public static class KernelParameterCatalogue
{
    private static readonly LvsKernelParameterDefinition[] Definitions =
    [
        new()
        {
            Name = "am_droprate",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 1,
            Default = "10",
            Description = "In mode 3 (always) of drop_packet, one packet in this many is dropped. It has no effect in the other modes.",
        },
        new()
        {
            Name = "amemthresh",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Default = "1024",
            Unit = "pages",
            Description = "Free memory below which modes 1 and 2 of drop_entry, drop_packet and secure_tcp switch themselves on. Counted in "
                + "memory pages, not in bytes.",
        },
        new()
        {
            Name = "backup_only",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Makes a director that runs the backup sync daemon pass virtual services by. With it, a real server that is also the "
                + "backup director does not forward the master's packets on, which with direct routing and tunnelling would loop.",
        },
        new()
        {
            Name = "cache_bypass",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "For transparent proxy clusters: forwards a packet to its original destination when no real server is available. Leave "
                + "it off elsewhere.",
        },
        new()
        {
            Name = "conn_lfactor",
            Kind = LvsKernelParameterKind.Number,
            Minimum = -8,
            Maximum = 8,
            Default = "-4",
            Availability = "Linux 7.1 and later",
            Description = "How full the connection table may become before it is enlarged, as a power of two: lower is faster and takes more "
                + "memory.",
        },
        new()
        {
            Name = "conn_reuse_mode",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Maximum = 3,
            Default = "1",
            Description = "What happens when a client uses a port again while its old connection is remembered, as a set of bits: 0 reuses the "
                + "old real server, even one of weight 0, so that draining never ends; 1 schedules anew; 2 also does so in FIN_WAIT. "
                + "Together with conntrack, kernels before 5.9 delay such connections by a second.",
        },
        new()
        {
            Name = "conntrack",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Availability = "kernels built with CONFIG_IP_VS_NFCT",
            Description = "Keeps Netfilter's connection tracking for IPVS connections, which stateful firewall rules and SNAT of balanced traffic "
                + "need. It costs speed.",
        },
        new()
        {
            Name = "debug_level",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Default = "0",
            Availability = "kernels built with CONFIG_IP_VS_DEBUG",
            Description = "How much IPVS writes to the kernel's log, from 0 for nothing to 12. High levels write several lines a packet; only the "
                + "machine's first network namespace may set it.",
        },
        new()
        {
            Name = "drop_entry",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Maximum = 3,
            Default = "0",
            Description = "Drops random half-open connections when memory is short, against SYN floods: 0 never, 1 and 2 automatic, 3 always. In "
                + "the automatic modes the kernel itself changes 1 to 2 while it defends, and back.",
        },
        new()
        {
            Name = "drop_packet",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Maximum = 3,
            Default = "0",
            Description = "Drops a share of incoming packets when memory is short: 0 never, 1 and 2 automatic, 3 always, at the rate of "
                + "am_droprate. In the automatic modes the kernel itself changes 1 to 2 while it defends, and back.",
        },
        new()
        {
            Name = "est_cpulist",
            Kind = LvsKernelParameterKind.Text,
            Availability = "Linux 6.2 and later",
            Description = "The processors that may compute rates, such as 0-3,8; by default those for housekeeping. An empty list stops the "
                + "computing, and with it every statistic per second.",
        },
        new()
        {
            Name = "est_nice",
            Kind = LvsKernelParameterKind.Number,
            Minimum = -20,
            Maximum = 19,
            Default = "0",
            Availability = "Linux 6.2 and later",
            Description = "The priority of the threads that compute rates: -20 is the most urgent, 19 the least.",
        },
        new()
        {
            Name = "expire_nodest_conn",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Ends a client's connections at once when their real server has been removed. Off, their packets are dropped in silence "
                + "until the server comes back or the client gives up.",
        },
        new()
        {
            Name = "expire_quiescent_template",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Ignores persistence for real servers of weight 0, so that persistent services drain. Off, clients that are remembered "
                + "keep coming to a server of weight 0.",
        },
        new()
        {
            Name = "ignore_tunneled",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Lets packets of protocols that IPVS does not balance, such as IPIP, pass it by, so that what was tunnelled to this "
                + "host is not balanced a second time: prevents loops between directors that are also real servers.",
        },
        new()
        {
            Name = "lblc_expiration",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Default = "86400",
            Unit = "seconds",
            Availability = "kernels that have ip_vs_lblc loaded",
            Description = "How long the scheduler lblc remembers which server a destination was sent to without being asked for it again.",
        },
        new()
        {
            Name = "lblcr_expiration",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Default = "86400",
            Unit = "seconds",
            Availability = "kernels that have ip_vs_lblcr loaded",
            Description = "How long the scheduler lblcr remembers the servers of a destination without being asked for it again.",
        },
        new()
        {
            Name = "nat_icmp_send",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Sends ICMP errors (destination unreachable) for packets from real servers of a NAT service that belong to no "
                + "connection.",
        },
        new()
        {
            Name = "pmtu_disc",
            Kind = LvsKernelParameterKind.Switch,
            Default = "1",
            Description = "Answers packets that are too long for the way to the real server with 'fragmentation needed', so that clients send "
                + "shorter ones. Off, packets in tunnels are fragmented instead.",
        },
        new()
        {
            Name = "run_estimation",
            Kind = LvsKernelParameterKind.Switch,
            Default = "1",
            Availability = "Linux 5.16 and later",
            Description = "Computes the statistics per second. Off saves work on directors with very many services; from Linux 6.2 on, the totals "
                + "then stand still too.",
        },
        new()
        {
            Name = "schedule_icmp",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Lets ICMP packets that belong to no connection be scheduled to a real server, which path MTU discovery of tunnelled "
                + "clients can need.",
        },
        new()
        {
            Name = "secure_tcp",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Maximum = 3,
            Default = "0",
            Description = "Follows TCP states more strictly and with shorter timeouts, against SYN floods: 0 never, 1 and 2 automatic, 3 always. "
                + "In the automatic modes the kernel itself changes 1 to 2 while it defends, and back.",
        },
        new()
        {
            Name = "sloppy_sctp",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Creates an SCTP connection on any packet, not only on INIT. A backup director that takes over needs it for connections "
                + "it has not learnt of.",
        },
        new()
        {
            Name = "sloppy_tcp",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Creates a TCP connection on any segment, not only on SYN. A backup director that takes over needs it for connections "
                + "it has not learnt of, as with sync_persist_mode.",
        },
        new()
        {
            Name = "snat_reroute",
            Kind = LvsKernelParameterKind.Switch,
            Default = "1",
            Description = "Looks the route up again for replies after they got the virtual address as source, so that they go as if the director "
                + "itself had sent them. Off saves the look-up where there is no policy routing.",
        },
        new()
        {
            Name = "svc_lfactor",
            Kind = LvsKernelParameterKind.Number,
            Minimum = -8,
            Maximum = 8,
            Default = "-3",
            Availability = "Linux 7.1 and later",
            Description = "How full the table of services may become before it is enlarged, as a power of two: lower is faster and takes more "
                + "memory.",
        },
        new()
        {
            Name = "sync_persist_mode",
            Kind = LvsKernelParameterKind.Switch,
            Default = "0",
            Description = "Synchronises only the templates of persistent services, not their connections, which saves much traffic. The backup "
                + "then needs sloppy_tcp to take connections over.",
        },
        new()
        {
            Name = "sync_ports",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 1,
            Maximum = 64,
            Default = "1",
            Description = "How many threads and UDP ports each sync daemon uses: 1, 2, 4, 8, 16, 32 or 64, the same on master and backup. A "
                + "change takes effect when the daemon is started again.",
        },
        new()
        {
            Name = "sync_qlen_max",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Unit = "messages",
            Description = "How many sync messages may wait to be sent before new ones are dropped. The default follows the machine's memory.",
        },
        new()
        {
            Name = "sync_refresh_period",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Default = "0",
            Unit = "seconds",
            Description = "The least change of a connection's remaining time before it is synchronised again without a change of state. 0 leaves "
                + "it to sync_threshold alone.",
        },
        new()
        {
            Name = "sync_retries",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Maximum = 3,
            Default = "0",
            Description = "How often a sync message is sent again, at intervals of an eighth of sync_refresh_period, in case one is lost.",
        },
        new()
        {
            Name = "sync_sock_size",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Default = "0",
            Unit = "bytes",
            Description = "The size of the sync daemons' socket buffers; 0 takes the system's default. A change takes effect when the daemon is "
                + "started again.",
        },
        new()
        {
            Name = "sync_threshold",
            Kind = LvsKernelParameterKind.Text,
            Default = "3 50",
            Unit = "packets",
            Description = "Two numbers, threshold and period: a connection is synchronised when its packets, counted modulo the period, reach the "
                + "threshold. The threshold must be below the period, unless the period is 0, which synchronises once.",
        },
        new()
        {
            Name = "sync_version",
            Kind = LvsKernelParameterKind.Number,
            Minimum = 0,
            Maximum = 1,
            Default = "1",
            Description = "The version of the sync messages that the master sends. Version 0 knows IPv4 only, and is for backups with kernels "
                + "before 2.6.39; every later one reads both.",
        },
    ];

    /// <summary>All of them, sorted by name.</summary>
    public static IReadOnlyList<LvsKernelParameterDefinition> All => Definitions;

    /// <summary>Finds one by name.</summary>
    /// <param name="name">The name within net.ipv4.vs.</param>
    /// <param name="definition">What is known of it.</param>
    /// <returns>Whether this version knows it.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out LvsKernelParameterDefinition? definition) =>
        (definition = Array.Find(Definitions, known => known.Name == name)) is not null;
}
