namespace LvsAdmin.Core.Network;

/// <summary>
/// How one interface of a host treats ARP, as read from /proc/sys/net/ipv4/conf, and what the next boot makes of it. What holds is the larger of this
/// interface and of <c>all</c>.
/// </summary>
public sealed record LvsArpPolicy
{
    /// <summary>The interface; <c>all</c> holds for every interface, <c>default</c> is what interfaces made later begin with, and what those have that got neither an IPv4 address nor a level of their own yet.</summary>
    public required string Interface { get; init; }

    /// <summary>The configured arp_ignore of this interface.</summary>
    public LvsArpIgnore Ignore { get; init; }

    /// <summary>The configured arp_announce of this interface.</summary>
    public LvsArpAnnounce Announce { get; init; }

    /// <summary>What holds: the larger of <c>all</c> and this interface (IN_DEV_MAXCONF, include/linux/inetdevice.h).</summary>
    public LvsArpIgnore EffectiveIgnore { get; init; }

    /// <summary>What holds: the larger of <c>all</c> and this interface.</summary>
    public LvsArpAnnounce EffectiveAnnounce { get; init; }

    /// <summary>The arp_ignore that files of the sysctl configuration give this interface at the next boot; null where none does, and outside the host's own network namespace.</summary>
    public LvsArpIgnore? PersistentIgnore { get; init; }

    /// <summary>Where that is set, as file and line: <c>/etc/sysctl.d/90-lvs.conf:3</c>. Set without a level, the value there is none that the kernel takes.</summary>
    public string? PersistentIgnoreSource { get; init; }

    /// <summary>The arp_announce that files of the sysctl configuration give this interface at the next boot; null as for <see cref="PersistentIgnore"/>.</summary>
    public LvsArpAnnounce? PersistentAnnounce { get; init; }

    /// <summary>Where that is set, as file and line.</summary>
    public string? PersistentAnnounceSource { get; init; }

    /// <summary>The host that it was read from; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it was read in; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }
}
