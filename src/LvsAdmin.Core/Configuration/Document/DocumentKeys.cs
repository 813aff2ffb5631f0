namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The names that a document may have, by where they may stand, in the order in which they are written. The schema that comes with the module
/// (lvsadmin-configuration.schema.json) has the same; a test holds them against each other.
/// </summary>
internal static class DocumentKeys
{
    internal const string Schema = "$schema";

    /// <summary>
    /// What a document names as its schema: the file beside it. It leads to no machine and to no site, stays the same wherever the module lies, and an
    /// editor follows it.
    /// </summary>
    internal const string SchemaFile = "lvsadmin-configuration.schema.json";

    /// <summary>The version of the document's shape.</summary>
    internal const int CurrentVersion = 1;

    /// <summary>At the top.</summary>
    internal static IReadOnlyList<string> Document { get; } =
    [
        Schema, "version", "owner", "scope", "timeouts", "syncDaemons", "directorVips", "forwarding", "kernelParameters", "serverLists", "templates",
        "virtualServices",
    ];

    internal static IReadOnlyList<string> Timeouts { get; } = ["tcp", "tcpFin", "udp"];

    internal static IReadOnlyList<string> SyncDaemon { get; } =
        ["role", "interface", "syncId", "maximumLength", "multicastGroup", "multicastPort", "multicastTtl"];

    internal static IReadOnlyList<string> DirectorVip { get; } = ["address", "interface", "prefixLength"];

    internal static IReadOnlyList<string> Forwarding { get; } = ["ipv4", "ipv6"];

    /// <summary>What is said of a real server; at a service or template it is said of all its servers.</summary>
    internal static IReadOnlyList<string> ServerValues { get; } =
        ["forwarding", "weight", "upperThreshold", "lowerThreshold", "tunnelType", "tunnelPort", "tunnelChecksum"];

    /// <summary>What a template can say: all of a service but which.</summary>
    internal static IReadOnlyList<string> Template { get; } =
    [
        "scheduler", "schedulerFlags", "onePacket", "persistenceTimeout", "persistencePrefixLength", "persistenceNetmask", "persistenceEngine",
        .. ServerValues, "minimumAvailable", "quorum", "sorryServer", "healthCheck", "realServers",
    ];

    internal static IReadOnlyList<string> VirtualService { get; } = ["virtualService", "template", .. Template];

    internal static IReadOnlyList<string> RealServer { get; } = ["realServer", .. ServerValues, "healthCheck"];

    /// <summary>A list of servers where it is used.</summary>
    internal static IReadOnlyList<string> ListUse { get; } = ["list", "port", .. ServerValues, "healthCheck"];

    internal static IReadOnlyList<string> SorryServer { get; } = ["realServer", .. ServerValues];

    internal static IReadOnlyList<string> HealthCheck { get; } =
    [
        "kind", "address", "port", "interval", "timeout", "retries", "retryDelay", "path", "virtualHost", "method", "status", "pattern", "digest",
        "queryName", "queryType", "helloName", "command",
    ];

    /// <summary>Every name that has a meaning anywhere.</summary>
    internal static IReadOnlySet<string> All { get; } = new HashSet<string>(
        [.. Document, .. Timeouts, .. SyncDaemon, .. DirectorVip, .. Forwarding, .. VirtualService, .. ListUse, .. RealServer, .. HealthCheck], StringComparer.Ordinal);
}
