using System.Management.Automation;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Lists the open sessions of this process.</summary>
[Cmdlet(VerbsCommon.Get, "LvsSession", DefaultParameterSetName = NameSet)]
[OutputType(typeof(LvsSession))]
public sealed class GetLvsSessionCommand : SessionSelectionCommand
{
    /// <summary>Only those to these hosts, or wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? HostName { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync()
    {
        foreach (LvsSession session in await FindAsync())
        {
            if (HostName is null || HostName.Any(name => new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch(session.HostName)))
            {
                await OutputAsync(session);
            }
        }
    }
}
