using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Writes desired states as text.</summary>
[Cmdlet(VerbsData.ConvertTo, "LvsConfiguration")]
[OutputType(typeof(string))]
public sealed class ConvertToLvsConfigurationCommand : PSCmdlet
{
    /// <summary>The desired state: what Import-LvsConfiguration gives, or a table of the document's shape.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [LvsConfiguration]
    public LvsConfiguration InputObject { get; set; } = new();

    /// <summary>How to write it: Json unless said otherwise, Psd1, Ipvsadm, Keepalived or Ldirectord.</summary>
    [Parameter(Position = 1)]
    public LvsConfigurationFormat Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ConfigurationWriting writing = ConfigurationText.Write(InputObject, Format);
        foreach (ConfigurationNote note in writing.Notes)
        {
            WriteWarning(note.ToString());
        }

        // Whoever writes it to a file ends the last line again.
        WriteObject(writing.Text.TrimEnd('\n'));
    }
}
