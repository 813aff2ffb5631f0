namespace LvsAdmin.Core.Network;

/// <summary>Who brings addresses, tunnels and routes back after a boot of a host.</summary>
public enum LvsPersistence
{
    /// <summary>systemd-networkd: systemd.network(5) and systemd.netdev(5) files in /etc/systemd/network. Ubuntu's netplan ends here too.</summary>
    Networkd,

    /// <summary>NetworkManager: profiles in the keyfile format in /etc/NetworkManager/system-connections.</summary>
    NetworkManager,

    /// <summary>ifupdown: interfaces(5) files in /etc/network/interfaces.d.</summary>
    Ifupdown,

    /// <summary>A systemd unit of our own, where none of these manages the host's network.</summary>
    SystemdUnit,
}
