using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that compares directors with a desired state: which, and how strictly.</summary>
public abstract class ConfigurationCommand : LvsHostCommand
{
    /// <summary>The file of the desired state.</summary>
    [Parameter(Position = 0)]
    [Alias("FilePath")]
    public string? Path { get; set; }

    /// <summary>The desired state: what Import-LvsConfiguration gives, or a table of the same shape.</summary>
    [Parameter]
    [LvsConfiguration]
    public LvsConfiguration? Configuration { get; set; }

    /// <summary>How the file is written, where its ending does not tell: Json, Psd1, Ipvsadm, Keepalived or Ldirectord.</summary>
    [Parameter]
    public LvsConfigurationFormat Format { get; set; }

    /// <summary>A desired state from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true)]
    public override PSObject? InputObject { get; set; }

    /// <summary>
    /// How many real servers of a service must take new connections, whatever the document says: a count, or a share of those that it names such as 50%.
    /// </summary>
    [Parameter]
    public string? MinimumAvailable { get; set; }

    private protected override bool ReadsInputObject => true;

    /// <summary>Whether a desired state has to be named.</summary>
    private protected virtual bool NeedsDocument => true;

    /// <summary>Whether services within the scope that the document does not name are one too many.</summary>
    private protected virtual bool Prunes => false;

    /// <summary>How the comparison is made, as the parameters say.</summary>
    private protected virtual SyncOptions SyncOptions
    {
        get
        {
            (int? count, bool isPercent) = Minimum();
            return new SyncOptions { Prune = Prunes, MinimumAvailable = count, MinimumIsPercent = isPercent };
        }
    }

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        string[] ways =
        [
            .. new[] { nameof(Path), nameof(Configuration), "Plan", "Checkpoint" }.Where(MyInvocation.BoundParameters.ContainsKey).Select(name => $"-{name}"),
            .. MyInvocation.ExpectingInput ? ["the pipeline"] : Array.Empty<string>(),
        ];
        if (ways.Length > 1)
        {
            ThrowTerminatingError(Errors.DocumentNamedTwice(ways));
        }

        if (ways.Length == 0 && NeedsDocument)
        {
            ThrowTerminatingError(Errors.DocumentMissing());
        }

        if (Path is not null)
        {
            Read(Path);
        }

        await base.BeginAsync();
    }

    /// <summary>The desired state that the present work is about; null where none was named.</summary>
    private protected virtual LvsConfiguration? Document() => Configuration ?? DesiredState.Of(InputObject);

    /// <summary>The desired state that the present work is about; that none was named ends the command.</summary>
    private protected LvsConfiguration RequireDocument()
    {
        if (Document() is not { } document)
        {
            throw new LvsValidationException("ConfigurationUnknown", $"The input object '{InputObject}' is no desired state: Import-LvsConfiguration reads one from a file.");
        }

        return document;
    }

    /// <summary>Plans the present host's way to the desired state.</summary>
    /// <exception cref="LvsValidationException">The minimum is none, or the document names something twice.</exception>
    private protected ValueTask<LvsPlan> PlanAsync(LvsConfiguration configuration) => PlanAsync(configuration, SyncOptions);

    /// <summary>Plans the present host's way to the desired state in a particular way.</summary>
    private protected async ValueTask<LvsPlan> PlanAsync(LvsConfiguration configuration, SyncOptions options) =>
        await ConfigurationPlanner.PlanAsync(TargetHost, await ConnectAsync(), configuration, options, StopToken);

    // Here and now: a job, or a session on another machine, has other files; they get what was read.
    private void Read(string path)
    {
        try
        {
            ConfigurationReading reading = ConfigurationFiles.Read(this, path, MyInvocation.BoundParameters.ContainsKey(nameof(Format)) ? Format : null);
            foreach (ConfigurationNote note in reading.Notes)
            {
                WriteWarning(note.ToString());
            }

            Configuration = reading.Configuration;
            MyInvocation.BoundParameters.Remove(nameof(Path));
            MyInvocation.BoundParameters.Remove(nameof(Format));
            MyInvocation.BoundParameters[nameof(Configuration)] = Configuration;
        }
        catch (LvsConfigurationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, path));
        }
    }

    private (int? Count, bool IsPercent) Minimum()
    {
        if (string.IsNullOrWhiteSpace(MinimumAvailable))
        {
            return (null, false);
        }

        string text = MinimumAvailable.Trim();
        bool isPercent = text.EndsWith('%');
        return int.TryParse(isPercent ? text[..^1] : text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int count)
            && (!isPercent || count <= 100)
            ? (count, isPercent)
            : throw new LvsValidationException("InvalidMinimum", $"'{MinimumAvailable}' is no minimum: it is a count of real servers such as 2, or a share of them such as 50%.");
    }
}
