using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Which modules of IPVS the kernel of a host has, from the files of modprobe(8): loaded, built in, or there to be loaded.</summary>
public static class KernelModules
{
    // Modules of IPVS that are no schedulers: the FTP application and the persistence engines.
    private static readonly HashSet<string> NotSchedulers = new(StringComparer.Ordinal) { "ftp" };

    /// <summary>The release of the host's kernel; null where /proc does not tell.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<string?> ReleaseAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return (await host.ReadFileAsync("/proc/sys/kernel/osrelease", cancellationToken).ConfigureAwait(false))?.Trim();
    }

    /// <summary>Whether the ip_vs module is loaded in the kernel or built into it.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<bool> IsIpvsLoadedAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return (await host.ListDirectoryAsync("/proc/sys/net/ipv4/vs", cancellationToken).ConfigureAwait(false)).Count > 0;
    }

    /// <summary>Throws unless ip_vs is loaded, with what to do about it.</summary>
    internal static async ValueTask RequireIpvsAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        if (!await IsIpvsLoadedAsync(host, cancellationToken).ConfigureAwait(false))
        {
            throw new LvsHostException(
                LvsHostError.ModuleNotLoaded,
                $"IPVS is not loaded in the kernel of {host.Name}: run 'modprobe ip_vs' as root there; to have it at every boot, put ip_vs in a file in /etc/modules-load.d.");
        }
    }

    /// <summary>The schedulers that the kernel has loaded or can load.</summary>
    /// <returns>Their names without ip_vs_; empty when the host's module files cannot be found.</returns>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlySet<string>> SchedulersAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        string? release = await ReleaseAsync(host, cancellationToken).ConfigureAwait(false);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (HostFileText file in await host.ReadFilesAsync(
            ["/proc/modules", $"/lib/modules/{release}/modules.dep", $"/lib/modules/{release}/modules.builtin"], cancellationToken).ConfigureAwait(false))
        {
            foreach (string line in (file.Text ?? string.Empty).Split('\n'))
            {
                if (SchedulerOf(line) is { } name)
                {
                    names.Add(name);
                }
            }
        }

        return names;
    }

    // A line begins with a module's name (/proc/modules), or with its file, perhaps compressed: kernel/.../ip_vs_rr.ko.xz: ...
    private static string? SchedulerOf(string line)
    {
        const string Prefix = "ip_vs_";
        string module = line.Split([' ', ':'], 2)[0];
        module = module[(module.LastIndexOf('/') + 1)..].Split('.', 2)[0];
        string name = module.StartsWith(Prefix, StringComparison.Ordinal) ? module[Prefix.Length..] : string.Empty;
        return name.Length == 0 || name.StartsWith("pe_", StringComparison.Ordinal) || NotSchedulers.Contains(name) ? null : name;
    }
}
