using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the forwarding of packets that a director needs for NAT, whose answers pass through it.</summary>
public static class ForwardingPolicies
{
    /// <summary>Reads how a host forwards.</summary>
    /// <exception cref="LvsHostException">The host has no such family (FileMissing), or cannot be read.</exception>
    public static async ValueTask<LvsForwardingState> GetAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ForwardingSettings settings = await ForwardingSettings.ReadAsync(host, family, cancellationToken).ConfigureAwait(false);
        bool isOn = settings[settings.Switch] == 1;
        string[] interfaces = [.. settings.Interfaces];
        return new LvsForwardingState
        {
            AddressFamily = family,
            Forwarding = isOn,
            Interfaces = [.. interfaces.Where(name => settings.IsV6 ? isOn : settings[name, ForwardingSettings.Forwarding] == 1)],
            // Either of the two is enough (IN_DEV_TX_REDIRECTS, include/linux/inetdevice.h).
            RedirectingInterfaces = [.. interfaces.Where(name =>
                !settings.IsV6 && (settings[Ipv4Settings.All, ForwardingSettings.SendRedirects] == 1 || settings[name, ForwardingSettings.SendRedirects] == 1))],
            AdvertisedInterfaces = [.. interfaces.Where(name => settings.IsV6 && isOn && settings[name, Ipv6Settings.AcceptRouterAdvertisements] == 2)],
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
        };
    }

    /// <summary>
    /// Plans to let a host forward packets of a family, without telling their senders of a way past it. With IPv6, interfaces that live by router
    /// advertisements go on doing so. Changes nothing.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="family">The family.</param>
    /// <param name="interfaces">The interfaces towards the real servers; none for the host as a whole. IPv6 forwards on all or on none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is missing; no steps when the host forwards already.</returns>
    /// <exception cref="LvsHostException">There is no such interface (InterfaceMissing) or family (FileMissing), or the host cannot be read.</exception>
    public static ValueTask<LvsForwardingPlan> PlanEnableAsync(
        ILvsHost host, LvsAddressFamily family, IReadOnlyList<string> interfaces, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(interfaces);
        return ForwardingEnabling.PlanAsync(host, family, interfaces, cancellationToken);
    }

    /// <summary>
    /// Plans to put back what <see cref="PlanEnableAsync"/> changed, except what others have changed since; forwarding that was on before stays on. Changes nothing.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="family">The family.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is to be put back; no steps when forwarding was not enabled.</returns>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static ValueTask<LvsForwardingPlan> PlanDisableAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return ForwardingDisabling.PlanAsync(host, family, cancellationToken);
    }
}
