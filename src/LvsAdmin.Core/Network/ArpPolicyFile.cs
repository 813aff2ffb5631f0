using System.Globalization;
using System.Text;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>The file that keeps ARP policies over a boot: ours alone, one line a level, with the marker of our files.</summary>
internal sealed class ArpPolicyFile
{
    internal const string Path = "/etc/sysctl.d/90-lvsadmin-arp.conf";

    private readonly Dictionary<(string Interface, string Setting), string> _levels = [];

    private ArpPolicyFile(string? text)
    {
        foreach (SysctlAssignment line in SysctlAssignment.Parse(Path, text ?? string.Empty, isSystemd: true))
        {
            if (line.Value is { } value && line.Key.Split('/') is ["net", "ipv4", "conf", var name, (Ipv4Settings.ArpIgnore or Ipv4Settings.ArpAnnounce) and var setting])
            {
                _levels[(name, setting)] = value;
            }
        }
    }

    /// <summary>The interfaces of which it has a level.</summary>
    internal IEnumerable<string> Interfaces => _levels.Keys.Select(key => key.Interface).Distinct();

    /// <summary>Its text; null when nothing is to be kept, and so no file.</summary>
    internal string? Text
    {
        get
        {
            if (_levels.Count == 0)
            {
                return null;
            }

            StringBuilder text = new(OwnedFile.Heading("Set-LvsArpPolicy -Persistent"));
            foreach (((string name, string setting), string level) in _levels.OrderBy(Rank).ThenBy(entry => entry.Key.Interface, StringComparer.Ordinal).ThenByDescending(entry => entry.Key.Setting, StringComparer.Ordinal))
            {
                // A key that begins with a dot would take the dot in eth0.100 for a separator.
                char separator = name.Contains('.', StringComparison.Ordinal) ? '/' : '.';
                text.Append(CultureInfo.InvariantCulture, $"{string.Join(separator, "net", "ipv4", "conf", name, setting)} = {level}\n");
            }

            return text.ToString();
        }
    }

    /// <summary>Reads the file of a host; one that is not ours counts as none here, and is refused when it would have to be written.</summary>
    /// <exception cref="LvsHostException">The host cannot be read, or has no boot of its own, as other network namespaces (PersistenceInNamespace).</exception>
    internal static async ValueTask<ArpPolicyFile> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        if (host.NetworkNamespace is not null)
        {
            throw new LvsHostException(
                LvsHostError.PersistenceInNamespace,
                $"No boot makes the network namespace {host.NetworkNamespace} on {host.Name}, so nothing can be kept for it in /etc/sysctl.d, which is for the host's own: leave out -Persistent, and set the policy where the namespace is made.");
        }

        string? text = await host.ReadFileAsync(Path, cancellationToken).ConfigureAwait(false);
        return new ArpPolicyFile(text is not null && OwnedFile.IsOurs(text) ? text : null);
    }

    internal void Set(string interfaceName, string setting, int level) =>
        _levels[(interfaceName, setting)] = level.ToString(CultureInfo.InvariantCulture);

    internal void Remove(string[] interfaces)
    {
        foreach ((string Interface, string Setting) key in _levels.Keys.Where(key => interfaces.Contains(key.Interface)).ToArray())
        {
            _levels.Remove(key);
        }
    }

    /// <summary>Plans to have the file as it is here; null when it is so already.</summary>
    /// <exception cref="LvsHostException">There is a file of that name that is not ours (FileNotOurs).</exception>
    internal ValueTask<HostChange?> PlanAsync(ILvsHost host, CancellationToken cancellationToken) =>
        OwnedFile.PlanAsync(host, Path, Text, mode: null, cancellationToken);

    private static int Rank(KeyValuePair<(string Interface, string Setting), string> entry) => Ipv4Settings.Rank(entry.Key.Interface);
}
