using System.Globalization;
using System.Text;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>
/// The file that lets a host forward after a boot (sysctl.d(5)), with the values from before as comments, so that disabling can put them back when the boot
/// has emptied what is remembered. Names are written with slashes, as those of interfaces may have dots; where an interface is missing, a line is passed over.
/// </summary>
internal sealed class ForwardingFile
{
    private const string Path = "/etc/sysctl.d/90-lvsadmin-forwarding.conf";
    private const string BeforeWord = "# before: ";

    private readonly ILvsHost _host;
    private readonly SortedDictionary<string, (int Value, int Before)> _settings;

    private ForwardingFile(ILvsHost host, SortedDictionary<string, (int Value, int Before)> settings)
    {
        _host = host;
        _settings = settings;
    }

    /// <summary>Reads the file; in a network namespace, which no boot makes, there is none.</summary>
    internal static async ValueTask<ForwardingFile> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        SortedDictionary<string, (int Value, int Before)> settings = new(StringComparer.Ordinal);
        string? text = host.NetworkNamespace is null ? await host.ReadFileAsync(Path, cancellationToken).ConfigureAwait(false) : null;
        int? before = null;
        foreach (string line in text is not null && OwnedFile.IsOurs(text) ? text.Split('\n') : [])
        {
            if (line.StartsWith(BeforeWord, StringComparison.Ordinal))
            {
                before = Number(line[BeforeWord.Length..]);
            }
            else if (line.Split('=') is [var name, var value] && before is { } known && Number(value) is { } number)
            {
                settings[KernelSetting.Root + name.Trim().TrimStart('-')] = (number, known);
                before = null;
            }
        }

        return new ForwardingFile(host, settings);
    }

    /// <summary>The settings of a family that the file makes, with what they were before.</summary>
    internal IEnumerable<(string Path, int Value, int Before)> Of(ForwardingSettings family) =>
        _settings.Where(each => family.IsOfFamily(each.Key)).Select(each => (each.Key, each.Value.Value, each.Value.Before));

    /// <summary>The step that writes the file with other settings of a family; null where it has them, or where there are none and no file.</summary>
    /// <param name="family">The family.</param>
    /// <param name="settings">What the file shall set, and what that was before; none to take the family out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LvsHostException">The file is not ours (FileNotOurs).</exception>
    internal async ValueTask<HostChange?> PlanAsync(ForwardingSettings family, IEnumerable<(string Path, int Value, int Before)> settings, CancellationToken cancellationToken)
    {
        SortedDictionary<string, (int Value, int Before)> wanted = new(_settings.Where(each => !family.IsOfFamily(each.Key)).ToDictionary(), StringComparer.Ordinal);
        foreach ((string path, int value, int before) in settings)
        {
            // What was written down first is from before.
            wanted[path] = (value, _settings.TryGetValue(path, out (int Value, int Before) known) ? known.Before : before);
        }

        StringBuilder text = new(OwnedFile.Heading("Enable-LvsForwarding -Persistent"));
        // The switch of a family comes first in the order of names, and what the kernel would change with it after that; but see accept_ra.
        foreach ((string path, (int value, int before)) in wanted.OrderBy(each => each.Key.EndsWith($"/{Ipv6Settings.AcceptRouterAdvertisements}", StringComparison.Ordinal) ? 0 : 1))
        {
            string name = path[KernelSetting.Root.Length..];
            bool isOfInterface = name.Split('/')[3] is not (Ipv4Settings.All or Ipv4Settings.Default);
            text.Append(CultureInfo.InvariantCulture, $"{BeforeWord}{before}\n{(isOfInterface ? "-" : string.Empty)}{name} = {value}\n");
        }

        return await OwnedFile.PlanAsync(_host, Path, wanted.Count == 0 ? null : text.ToString(), null, cancellationToken).ConfigureAwait(false);
    }

    private static int? Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
