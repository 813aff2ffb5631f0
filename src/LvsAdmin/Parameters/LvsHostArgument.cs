using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Commands;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>
/// Hosts other than those that a command's own host parameters name: the real servers' hosts of a director, or the host from which a service is asked. One of:
/// a name as -HostName takes it (<c>rs1</c>, <c>root@rs1:2222</c>, <c>rs[01-20]</c>, <c>localhost</c>); <c>netns:rs1</c> for a network namespace of this machine;
/// an open session of New-LvsSession; a table of a cmdlet's host parameters, such as <c>@{ HostName = 'rs1'; UserName = 'root' }</c>; or an object that tells its host.
/// Which hosts they are is found out when the command needs them: one that cannot be reached is one error then.
/// </summary>
public sealed class LvsHostArgument
{
    /// <summary>What a network namespace of this machine begins with.</summary>
    internal const string NamespacePrefix = "netns:";

    private static readonly string[] TableKeys =
    [
        nameof(LvsHostCommand.HostName), nameof(LvsHostCommand.NetworkNamespace), nameof(LvsHostCommand.LvsSession), nameof(LvsHostCommand.UserName), nameof(LvsHostCommand.HostPort),
        "Port", nameof(LvsHostCommand.KeyFilePath), nameof(LvsHostCommand.Options), nameof(LvsHostCommand.ConnectingTimeout), nameof(LvsHostCommand.Sudo),
    ];

    /// <summary>Takes a value that a user gave.</summary>
    /// <param name="value">One of the kinds above.</param>
    /// <exception cref="LvsValidationException">It is none of them (InvalidHost).</exception>
    public LvsHostArgument(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        PSObject wrapped = PSObject.AsPSObject(value);
        switch (wrapped.BaseObject)
        {
            case string text:
                Names = [Require(text)];
                break;
            case LvsSession session:
                Session = session;
                break;
            case IDictionary table:
                Table = Check(table);
                break;
            case PSSession:
                throw Refuse("a PowerShell session can run a command as a whole, and no part of one: name the host, or open a session by New-LvsSession");
            default:
                if (wrapped.Properties[nameof(LvsHostCommand.HostName)]?.Value is not { } name || LanguagePrimitives.ConvertTo<string>(name) is not { Length: > 0 } known)
                {
                    throw Refuse($"'{wrapped}' tells of no host");
                }

                // The very instance: it leads back to how the host was reached (HostOrigins).
                Origin = known;
                NetworkNamespace = LanguagePrimitives.ConvertTo<string>(wrapped.Properties[nameof(NetworkNamespace)]?.Value) is { Length: > 0 } space ? space : null;
                break;
        }
    }

    /// <summary>Names as the user wrote them.</summary>
    internal IReadOnlyList<string> Names { get; } = [];

    /// <summary>An open session.</summary>
    internal LvsSession? Session { get; }

    /// <summary>Host parameters.</summary>
    internal IDictionary? Table { get; }

    /// <summary>The HostName of an object.</summary>
    internal string? Origin { get; }

    /// <summary>The NetworkNamespace of that object.</summary>
    internal string? NetworkNamespace { get; }

    /// <summary>The hosts as the user named them.</summary>
    public override string ToString() =>
        Session is not null ? Session.Name
        : Table is not null ? $"@{{ {string.Join("; ", Table.Cast<DictionaryEntry>().Select(entry => $"{entry.Key} = '{entry.Value}'"))} }}"
        : Origin is null ? string.Join(", ", Names)
        : NetworkNamespace is null ? Origin : $"{NamespacePrefix}{NetworkNamespace}";

    internal static LvsValidationException Refuse(string why) => new LvsValidationException(
        "InvalidHost",
        $"This names no host: {why}. Write rs1, root@rs1:2222, netns:rs1 for a network namespace of this machine, a session of New-LvsSession, or @{{ HostName = 'rs1'; UserName = 'root' }}.");

    private static string Require(string text) => string.IsNullOrWhiteSpace(text) ? throw Refuse("the text is empty") : text;

    private static IDictionary Check(IDictionary table)
    {
        string[] keys = [.. table.Keys.Cast<object>().Select(key => $"{key}")];
        if (keys.FirstOrDefault(key => !TableKeys.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Refuse($"'{unknown}' is no parameter of a host, which are {string.Join(", ", TableKeys)}");
        }

        return keys.Count(key => TableKeys[..3].Contains(key, StringComparer.OrdinalIgnoreCase)) == 1
            ? table
            : throw Refuse("a table needs one of HostName, NetworkNamespace and LvsSession");
    }
}
