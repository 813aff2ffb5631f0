using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>What this machine knows and has that the texts of other programs refer to: names of hosts and services, and files that are included.</summary>
public static class LocalLookup
{
    private const string ServicesPath = "/etc/services";

    private static readonly Lazy<Func<string, LvsProtocol, ushort?>> Services = new(() => TextNames.ServicesFile(ReadServices()));

    /// <summary>Names as this machine resolves them: hosts as its resolver says, services as /etc/services does. Nothing is looked up before it is needed.</summary>
    public static TextNames Names { get; } = new()
    {
        Host = Host,
        Port = (name, protocol) => Services.Value(name, protocol),
    };

    /// <summary>The files that a pattern of glob(7) names, by name.</summary>
    /// <param name="pattern">A path with *, ? and [ ] in any part.</param>
    /// <param name="source">The file in which the pattern stands, against whose folder a relative one is meant; null when there is none, which leads to no files.</param>
    /// <exception cref="LvsConfigurationException">A file cannot be read (ConfigurationFileUnreadable).</exception>
    public static IReadOnlyList<KeepalivedFile> Include(string pattern, string? source)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        string? folder = Path.IsPathRooted(pattern) ? Path.GetPathRoot(pattern) : source is null ? null : Path.GetDirectoryName(Path.GetFullPath(source));
        if (folder is null)
        {
            return [];
        }

        string rest = Path.IsPathRooted(pattern) ? pattern[Path.GetPathRoot(pattern)!.Length..] : pattern;
        string[] parts = rest.Split('/', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> found = [folder];
        for (int index = 0; index < parts.Length; index++)
        {
            string part = parts[index];
            bool isLast = index == parts.Length - 1;
            found = [.. found.SelectMany(parent => Entries(parent, part, isLast))];
        }

        return [.. found.Order(StringComparer.Ordinal).Select(path => new KeepalivedFile(path, Read(path)))];
    }

    private static IEnumerable<string> Entries(string parent, string part, bool isLast)
    {
        if (!part.AsSpan().ContainsAny('*', '?', '['))
        {
            string path = Path.Combine(parent, part);
            return (isLast ? File.Exists(path) : Directory.Exists(path)) ? [path] : [];
        }

        if (!Directory.Exists(parent))
        {
            return [];
        }

        Regex name = new(Expression(part), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        // As a shell has it, a pattern does not find what is hidden.
        return (isLast ? Directory.EnumerateFiles(parent) : Directory.EnumerateDirectories(parent))
            .Where(path => Path.GetFileName(path) is var entry && (entry[0] != '.' || part[0] == '.') && name.IsMatch(entry));
    }

    private static string Expression(string pattern)
    {
        StringBuilder expression = new("^");
        for (int index = 0; index < pattern.Length; index++)
        {
            char letter = pattern[index];
            int end = letter == '[' && index + 2 < pattern.Length ? pattern.IndexOf(']', index + 2) : -1;
            if (end > 0)
            {
                string set = pattern[(index + 1)..end];
                bool isNegated = set[0] is '!' or '^';
                expression.Append('[').Append(isNegated ? "^" : string.Empty)
                    .Append((isNegated ? set[1..] : set).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal))
                    .Append(']');
                index = end;
            }
            else
            {
                expression.Append(letter switch { '*' => ".*", '?' => ".", _ => Regex.Escape(letter.ToString()) });
            }
        }

        return expression.Append('$').ToString();
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LvsConfigurationException([new ConfigurationProblem("ConfigurationFileUnreadable", new ConfigurationNote(exception.Message, path))], exception);
        }
    }

    private static LvsAddress? Host(string name, LvsAddressFamily? family)
    {
        try
        {
            LvsAddress[] addresses = [.. Dns.GetHostAddresses(name).Where(each => each.ScopeIdOrZero() == 0).Select(LvsAddress.From)];
            // IPv4 where both would do, as ipvsadm has it.
            return addresses.Where(address => family is null || address.Family == family).OrderBy(address => address.Family).Select(address => (LvsAddress?)address).FirstOrDefault();
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return null;
        }
    }

    private static long ScopeIdOrZero(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;

    private static string ReadServices()
    {
        try
        {
            return File.ReadAllText(ServicesPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A machine without the file knows no names of services.
            return string.Empty;
        }
    }
}
