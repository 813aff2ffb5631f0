using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Reads a text as a desired state: what Import-LvsConfiguration does with files.</summary>
[Cmdlet(VerbsData.ConvertFrom, "LvsConfiguration")]
[OutputType(typeof(LvsConfiguration))]
public sealed class ConvertFromLvsConfigurationCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The text; several from the pipeline are the lines of one.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string[] InputObject { get; set; } = [];

    /// <summary>How the text is written: Json unless said otherwise, Psd1, Ipvsadm, Keepalived or Ldirectord.</summary>
    [Parameter(Position = 1)]
    public LvsConfigurationFormat Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _lines.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            ConfigurationReading reading = ConfigurationFiles.Parse(string.Join('\n', _lines), Format, null);
            foreach (ConfigurationNote note in reading.Notes)
            {
                WriteWarning(note.ToString());
            }

            WriteObject(reading.Configuration);
        }
        catch (LvsConfigurationException refused)
        {
            WriteError(Errors.ToRecord(refused, null));
        }
    }
}
