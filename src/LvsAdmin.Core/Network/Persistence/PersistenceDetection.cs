using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Finds out who manages a host's network, by the files in which they write down what they do; no program is run.</summary>
internal static class PersistenceDetection
{
    private const string NetworkdLinks = "/run/systemd/netif/links";
    private const string NetworkManagerDevices = "/run/NetworkManager/devices";
    private const string IfupdownState = "/run/network/ifstate";
    private const string IfupdownInterfaces = "/etc/network/interfaces";
    private const string Loopback = "1";

    /// <summary>
    /// Who brings back what is to survive a boot: who manages the named interface; else who manages any other than lo. A host may run several: on Debian,
    /// NetworkManager leaves alone what stands in ifupdown's file, and networkd lists as unmanaged what it has no file for.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaceName">The interface that is to be added to; null, or one that is not there yet, for any.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="LvsHostException">It is a network namespace (PersistenceInNamespace), nobody was found (PersistenceNotSupported), or the host cannot be read.</exception>
    internal static async ValueTask<LvsPersistence> DetectAsync(ILvsHost host, string? interfaceName, CancellationToken cancellationToken)
    {
        RequireOwnNamespace(host);
        string? index = interfaceName is null or PersistentParts.Loopback ? null : await IndexAsync(host, interfaceName, cancellationToken).ConfigureAwait(false);
        return (index is null ? null : await ManagerOfAsync(host, interfaceName!, index, cancellationToken).ConfigureAwait(false))
            ?? await AnyManagerAsync(host, cancellationToken).ConfigureAwait(false)
            ?? (await HasSystemdAsync(host, cancellationToken).ConfigureAwait(false)
                ? LvsPersistence.SystemdUnit
                : throw new LvsHostException(
                    LvsHostError.PersistenceNotSupported,
                    $"Nothing was found on {host.Name} that brings its network up and that LvsAdmin knows: no link of systemd-networkd in {NetworkdLinks}, no device of NetworkManager in {NetworkManagerDevices}, no interface of ifupdown in {IfupdownState}, and no systemd. -PersistenceMethod names the one to write files for."));
    }

    /// <summary>Refuses a network namespace that no boot makes.</summary>
    /// <exception cref="LvsHostException">It is one (PersistenceInNamespace).</exception>
    internal static void RequireOwnNamespace(ILvsHost host)
    {
        if (host.NetworkNamespace is { } name)
        {
            throw new LvsHostException(
                LvsHostError.PersistenceInNamespace,
                $"Nothing in the network namespace '{name}' of {host.Name} can survive a boot: a boot makes the host's own namespace only. Leave -Persistent out, and enable again what makes the namespace.");
        }
    }

    /// <summary>Whether the host boots by systemd, or is the image of one that does.</summary>
    internal static async ValueTask<bool> HasSystemdAsync(ILvsHost host, CancellationToken cancellationToken) =>
        await RunsSystemdAsync(host, cancellationToken).ConfigureAwait(false)
        || (await host.ListDirectoryAsync("/etc/systemd", cancellationToken).ConfigureAwait(false)).Contains("system");

    /// <summary>Whether systemd runs the host now, and so can be asked (sd_booted(3)).</summary>
    internal static async ValueTask<bool> RunsSystemdAsync(ILvsHost host, CancellationToken cancellationToken) =>
        (await host.ListDirectoryAsync("/run/systemd", cancellationToken).ConfigureAwait(false)).Contains("system");

    /// <summary>The .network file that systemd-networkd uses for an interface, without its directory; null for none.</summary>
    internal static async ValueTask<string?> NetworkFileAsync(ILvsHost host, string interfaceName, CancellationToken cancellationToken) =>
        await IndexAsync(host, interfaceName, cancellationToken).ConfigureAwait(false) is { } index
        && await NetworkdFileAsync(host, index, cancellationToken).ConfigureAwait(false) is { } path
            ? path[(path.LastIndexOf('/') + 1)..]
            : null;

    private static async ValueTask<string?> IndexAsync(ILvsHost host, string interfaceName, CancellationToken cancellationToken) =>
        (await host.ReadFileAsync($"/sys/class/net/{interfaceName}/ifindex", cancellationToken).ConfigureAwait(false))?.Trim();

    // networkd names the file it uses for a link; for one that it leaves alone it names none.
    private static async ValueTask<string?> NetworkdFileAsync(ILvsHost host, string index, CancellationToken cancellationToken) =>
        (await host.ReadFileAsync($"{NetworkdLinks}/{index}", cancellationToken).ConfigureAwait(false))?.Split('\n')
        .FirstOrDefault(line => line.StartsWith("NETWORK_FILE=/", StringComparison.Ordinal))?["NETWORK_FILE=".Length..];

    private static async ValueTask<LvsPersistence?> ManagerOfAsync(ILvsHost host, string name, string index, CancellationToken cancellationToken)
    {
        if (await NetworkdFileAsync(host, index, cancellationToken).ConfigureAwait(false) is not null)
        {
            return LvsPersistence.Networkd;
        }

        if (await IsManagedAsync(host, index, cancellationToken).ConfigureAwait(false))
        {
            return LvsPersistence.NetworkManager;
        }

        return (await IfupdownAsync(host, cancellationToken).ConfigureAwait(false)).Contains(name) ? LvsPersistence.Ifupdown : null;
    }

    private static async ValueTask<LvsPersistence?> AnyManagerAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        foreach (string index in await host.ListDirectoryAsync(NetworkdLinks, cancellationToken).ConfigureAwait(false))
        {
            if (index != Loopback && await NetworkdFileAsync(host, index, cancellationToken).ConfigureAwait(false) is { } file
                && !file.Contains($"/{NetworkdFiles.Prefix}", StringComparison.Ordinal))
            {
                return LvsPersistence.Networkd;
            }
        }

        foreach (string index in await host.ListDirectoryAsync(NetworkManagerDevices, cancellationToken).ConfigureAwait(false))
        {
            if (index != Loopback && await IsManagedAsync(host, index, cancellationToken).ConfigureAwait(false))
            {
                return LvsPersistence.NetworkManager;
            }
        }

        return (await IfupdownAsync(host, cancellationToken).ConfigureAwait(false)).Any(name => name != PersistentParts.Loopback && !name.StartsWith("lo:", StringComparison.Ordinal))
            ? LvsPersistence.Ifupdown
            : null;
    }

    private static async ValueTask<bool> IsManagedAsync(ILvsHost host, string index, CancellationToken cancellationToken) =>
        (await host.ReadFileAsync($"{NetworkManagerDevices}/{index}", cancellationToken).ConfigureAwait(false) ?? string.Empty).Split('\n').Contains("managed=true");

    // The interfaces that ifupdown has brought up; none on a host that has no file of its interfaces.
    private static async ValueTask<IReadOnlyList<string>> IfupdownAsync(ILvsHost host, CancellationToken cancellationToken) =>
        await host.ReadFileAsync(IfupdownInterfaces, cancellationToken).ConfigureAwait(false) is null
            ? []
            : [.. (await host.ReadFileAsync(IfupdownState, cancellationToken).ConfigureAwait(false) ?? string.Empty).Split('\n').Where(line => line.Length > 0).Select(line => line.Split('=')[0])];
}
