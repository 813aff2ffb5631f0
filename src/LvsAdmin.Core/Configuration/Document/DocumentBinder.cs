namespace LvsAdmin.Core.Configuration;

/// <summary>Reads a tree of JSON, of a PowerShell data file or of a table typed at the prompt as a desired state.</summary>
public static class DocumentBinder
{
    /// <summary>Reads a tree.</summary>
    /// <param name="root">The whole document.</param>
    /// <param name="source">The file; null when the text has no name.</param>
    /// <param name="ignoreCase">Whether names are the same in any case, as PowerShell has it.</param>
    /// <exception cref="LvsConfigurationException">It is no desired state. The exception knows everything that is wrong with it.</exception>
    public static ConfigurationReading Bind(DocumentNode root, string? source, bool ignoreCase)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Bind(root, new DocumentContext(source, ignoreCase, judge: true));
    }

    /// <summary>Reads a tree in a context of its own.</summary>
    internal static ConfigurationReading Bind(DocumentNode root, DocumentContext context)
    {
        DocumentPlace whole = new(root, string.Empty, root.Line);
        if (root.Kind != DocumentNodeKind.Map)
        {
            context.WrongType(whole, "an object: the document");
            context.ThrowIfAny();
        }

        DocumentTable document = new(whole, DocumentKeys.Document, context);
        _ = context.Text(document[DocumentKeys.Schema]);
        if (context.Integer(document["version"], 0, int.MaxValue) is { } version and not DocumentKeys.CurrentVersion)
        {
            context.Problem(
                "ConfigurationVersionUnknown", document["version"]!, $"The document has version {version}, and this LvsAdmin reads version {DocumentKeys.CurrentVersion}.");
        }

        DirectorBinder director = new(context);
        ServerBinder servers = new(context, document["serverLists"]);
        ServiceBinder services = new(context, servers, document["templates"]);
        (bool? ipv4, bool? ipv6) = director.Forwarding(document["forwarding"]);
        LvsConfiguration configuration = new()
        {
            Owner = context.Text(document["owner"]),
            Scope = director.Scope(document["scope"]),
            Timeout = director.Timeouts(document["timeouts"]),
            SyncDaemons = director.SyncDaemons(document["syncDaemons"]),
            DirectorVips = director.Vips(document["directorVips"]),
            ForwardingIPv4 = ipv4,
            ForwardingIPv6 = ipv6,
            KernelParameters = director.KernelParameters(document["kernelParameters"]),
            VirtualServices = services.Bind(document["virtualServices"]),
        };
        servers.NoteUnused();
        context.ThrowIfAny();
        return new ConfigurationReading(configuration, context.Notes);
    }
}
