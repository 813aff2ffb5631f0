using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>Closes sessions.</summary>
[Cmdlet(VerbsCommon.Remove, "LvsSession", DefaultParameterSetName = SessionSet, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveLvsSessionCommand : SessionSelectionCommand
{
    private const string SessionSet = "LvsSession";

    /// <summary>The sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SessionSet, ValueFromPipeline = true)]
    public LvsSession[]? LvsSession { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync()
    {
        List<Task> closing = [];
        foreach (LvsSession session in LvsSession ?? await FindAsync())
        {
            if (await ShouldProcessAsync($"session {session.Name} to {session.HostName}", "Close"))
            {
                closing.Add(session.CloseAsync().AsTask());
            }
        }

        await Task.WhenAll(closing);
    }
}
