using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Reads desired states from files.</summary>
[Cmdlet(VerbsData.Import, "LvsConfiguration", DefaultParameterSetName = PathSet)]
[OutputType(typeof(LvsConfiguration))]
public sealed class ImportLvsConfigurationCommand : PSCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The files by their very names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>How the files are written, where their names do not tell: Json, Psd1, Ipvsadm, Keepalived or Ldirectord.</summary>
    [Parameter]
    public LvsConfigurationFormat Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        LvsConfigurationFormat? format = MyInvocation.BoundParameters.ContainsKey(nameof(Format)) ? Format : null;
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (string file in ConfigurationFiles.Resolve(this, path, isLiteral))
                {
                    Import(file, format);
                }
            }
            catch (LvsConfigurationException refused)
            {
                WriteError(Errors.ToRecord(refused, path));
            }
        }
    }

    // A file that is wrong is one error; the others are read.
    private void Import(string file, LvsConfigurationFormat? format)
    {
        try
        {
            ConfigurationReading reading = ConfigurationFiles.Read(file, format);
            foreach (ConfigurationNote note in reading.Notes)
            {
                WriteWarning(note.ToString());
            }

            WriteObject(reading.Configuration);
        }
        catch (LvsConfigurationException refused)
        {
            WriteError(Errors.ToRecord(refused, file));
        }
    }
}
