using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>The options that describe a synchronisation daemon (ipvsadm.c, parse_options).</summary>
internal static class IpvsadmDaemonOptions
{
    /// <summary>The longest message that ipvsadm reads: what fits an IPv4 packet (ipvsadm.c).</summary>
    internal const ushort MaximumLength = 65535 - 20 - 8;

    // ipvsadm.c, DEF_MCAST_IFN.
    private const string DefaultInterface = "eth0";

    internal static LvsSyncDaemon Read(IpvsadmOptions.Option command, List<IpvsadmOptions.Option> options, TextPosition position)
    {
        LvsSyncRole role = command.Value switch
        {
            "master" => LvsSyncRole.Master,
            "backup" => LvsSyncRole.Backup,
            var other => throw position.Error(IpvsadmRules.Invalid, $"'{other}' is no role of a synchronisation daemon: use master or backup."),
        };
        return new LvsSyncDaemon
        {
            Role = role,
            Interface = Value("mcast-interface") ?? DefaultInterface,
            SyncId = (byte)(Number("syncid", 0, byte.MaxValue) ?? 0),
            MaximumLength = (ushort?)Number("sync-maxlen", 1, MaximumLength),
            MulticastGroup = Value("mcast-group") is { } group ? position.Address(IpvsadmRules.Invalid, group, TextNames.None) : null,
            MulticastPort = (ushort?)Number("mcast-port", 1, ushort.MaxValue),
            MulticastTtl = (byte?)Number("mcast-ttl", 1, byte.MaxValue),
        };

        string? Value(string name) => options.Find(each => each.Name == name)?.Value;
        long? Number(string name, long minimum, long maximum) =>
            Value(name) is { } text ? position.Number(IpvsadmRules.Invalid, $"'--{name}'", text, minimum, maximum) : null;
    }
}
