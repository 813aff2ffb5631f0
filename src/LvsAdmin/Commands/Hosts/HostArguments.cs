using System.Collections;
using System.Management.Automation;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Leads from hosts as a parameter names them to how they are reached.</summary>
internal static class HostArguments
{
    /// <summary>The hosts of one argument.</summary>
    /// <param name="argument">As the user gave it.</param>
    /// <param name="reach">Adds what the command line says of how hosts are reached to a target.</param>
    /// <param name="pathOf">Makes a path that the user wrote one of the file system.</param>
    /// <exception cref="Core.Ipvs.LvsValidationException">A name, or a value beside it, is none that ssh may be given.</exception>
    internal static IEnumerable<HostReference> Resolve(LvsHostArgument argument, Func<SshTarget, SshTarget> reach, Func<string, string> pathOf)
    {
        if (argument.Session is { } session)
        {
            return [new HostReference.Session(session)];
        }

        if (argument.Origin is { } origin)
        {
            return argument.NetworkNamespace is { } space && IsLocal(origin) ? [new HostReference.Local(space)]
                : IsLocal(origin) ? [new HostReference.Local(null)]
                : HostOrigins.Find(origin) is { } known ? [known]
                : ByNames([origin], reach);
        }

        if (argument.Table is not { } table)
        {
            return argument.Names.SelectMany(name => name switch
            {
                _ when IsLocal(name) => [new HostReference.Local(null)],
                _ when name.StartsWith(LvsHostArgument.NamespacePrefix, StringComparison.OrdinalIgnoreCase) => [InNamespace(name[LvsHostArgument.NamespacePrefix.Length..])],
                _ => HostOrigins.Find(name) is { } known ? [known] : ByNames([name], reach),
            });
        }

        if (Value(table, nameof(LvsHostCommand.LvsSession)) is { } sessions)
        {
            return LanguagePrimitives.ConvertTo<LvsSession[]>(sessions).Select(each => new HostReference.Session(each));
        }

        if (Value(table, nameof(LvsHostCommand.NetworkNamespace)) is { } spaces)
        {
            return LanguagePrimitives.ConvertTo<string[]>(spaces).Select(InNamespace);
        }

        return LanguagePrimitives.ConvertTo<string[]>(Value(table, nameof(LvsHostCommand.HostName)))
            .SelectMany(name => IsLocal(name) ? [new HostReference.Local(null)] : ByNames([name], target => WithTable(target, table, reach, pathOf)));
    }

    private static HostReference InNamespace(string name) => name.Length > 0 ? new HostReference.Local(name) : throw LvsHostArgument.Refuse("the namespace has no name");

    private static bool IsLocal(string name) => string.Equals(name, HostReference.Local.HostName, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<HostReference> ByNames(IEnumerable<string> names, Func<SshTarget, SshTarget> reach) =>
        HostNames.Expand(names).Select(target => new HostReference.Ssh(reach(target), $"{target}"));

    // What the table says counts more than what the command line says for all hosts, and a name that says it itself counts most.
    private static SshTarget WithTable(SshTarget named, IDictionary table, Func<SshTarget, SshTarget> reach, Func<string, string> pathOf)
    {
        SshTarget target = reach(named with
        {
            UserName = named.UserName ?? Text(table, nameof(LvsHostCommand.UserName)),
            Port = named.Port ?? ((Value(table, nameof(LvsHostCommand.HostPort)) ?? Value(table, "Port")) is { } port ? LanguagePrimitives.ConvertTo<int>(port) : null),
        });
        return target with
        {
            KeyFilePath = Text(table, nameof(LvsHostCommand.KeyFilePath)) is { } key ? pathOf(key) : target.KeyFilePath,
            Options = Value(table, nameof(LvsHostCommand.Options)) is IDictionary options
                ? options.Cast<DictionaryEntry>().ToDictionary(entry => $"{entry.Key}", entry => LanguagePrimitives.ConvertTo<string>(entry.Value) ?? string.Empty, StringComparer.OrdinalIgnoreCase)
                : target.Options,
            ConnectingTimeout = Value(table, nameof(LvsHostCommand.ConnectingTimeout)) is { } time
                ? TimeSpan.FromMilliseconds(LanguagePrimitives.ConvertTo<int>(time))
                : target.ConnectingTimeout,
            Sudo = Value(table, nameof(LvsHostCommand.Sudo)) is { } sudo ? LanguagePrimitives.IsTrue(sudo) : target.Sudo,
        };
    }

    private static string? Text(IDictionary table, string key) => Value(table, key) is { } value ? LanguagePrimitives.ConvertTo<string>(value) : null;

    private static object? Value(IDictionary table, string key) =>
        table.Cast<DictionaryEntry>().FirstOrDefault(entry => string.Equals($"{entry.Key}", key, StringComparison.OrdinalIgnoreCase)).Value is { } value
            ? value is PSObject wrapped ? wrapped.BaseObject : value
            : null;
}
