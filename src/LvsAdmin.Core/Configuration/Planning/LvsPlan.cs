namespace LvsAdmin.Core.Configuration;

/// <summary>What it takes to bring a director to a desired state: made by reading, not yet done.</summary>
public sealed class LvsPlan
{
    internal LvsPlan(LvsConfiguration configuration, SyncOptions options, IReadOnlyList<LvsPlanItem> items, string fingerprint)
    {
        Configuration = configuration;
        Options = options;
        Items = items;
        Fingerprint = fingerprint;
    }

    /// <summary>The desired state.</summary>
    public LvsConfiguration Configuration { get; }

    /// <summary>The desired state as JSON, which outlives a file or another session.</summary>
    public string Document => JsonText.Write(Configuration).Text;

    /// <summary>Whether services within the scope that the document does not name are removed.</summary>
    public bool Prune => Options.Prune;

    /// <summary>The minimum that was asked for beside the document; null for none.</summary>
    public int? MinimumAvailable => Options.MinimumAvailable;

    /// <summary>Whether <see cref="MinimumAvailable"/> is in percent.</summary>
    public bool MinimumIsPercent => Options.MinimumIsPercent;

    /// <summary>How it was planned.</summary>
    internal SyncOptions Options { get; }

    /// <summary>The parts, in the order in which they are begun. Those without a difference are left out.</summary>
    public IReadOnlyList<LvsPlanItem> Items { get; }

    /// <summary>All differences.</summary>
    public IReadOnlyList<LvsConfigurationChange> Changes => [.. Items.SelectMany(item => item.Changes)];

    /// <summary>A digest of the director's state that the plan was made from (SHA-256, hexadecimal). Counters do not count.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether the director is in the desired state: what operators hold does not count, what is one too many does.</summary>
    public bool IsInDesiredState => Items.All(item => item.Changes.All(change => change.Action == LvsChangeAction.Held));

    /// <summary>The director.</summary>
    public string HostName { get; internal init; } = string.Empty;

    /// <summary>The network namespace of the director; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; internal init; }

    /// <summary>The same plan with some of its parts only.</summary>
    public LvsPlan Only(Predicate<LvsPlanItem> wanted) =>
        new(Configuration, Options, [.. Items.Where(item => wanted(item))], Fingerprint) { HostName = HostName, NetworkNamespace = NetworkNamespace };
}
