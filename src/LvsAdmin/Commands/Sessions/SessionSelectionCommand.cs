using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about sessions that are open: which.</summary>
public abstract class SessionSelectionCommand : AsyncCommand
{
    /// <summary>The sessions are chosen by their names.</summary>
    protected const string NameSet = "Name";

    /// <summary>The sessions are chosen by their numbers.</summary>
    protected const string IdSet = "Id";

    /// <summary>The names of the sessions, or wildcards.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>The numbers of the sessions.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    public int[]? Id { get; set; }

    /// <summary>The chosen sessions; one that is missing is an error unless it was a wildcard.</summary>
    private protected async ValueTask<IReadOnlyList<LvsSession>> FindAsync()
    {
        LvsSession[] all = [.. LvsSession.All];
        List<LvsSession> found = [];
        foreach (int id in Id ?? [])
        {
            found.AddRange(all.Where(session => session.Id == id));
            if (!all.Any(session => session.Id == id))
            {
                await ErrorAsync(Errors.SessionNotFound($"with the id {id}", id));
            }
        }

        foreach (string name in Name ?? [])
        {
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
            LvsSession[] named = [.. all.Where(session => pattern.IsMatch(session.Name))];
            found.AddRange(named);
            if (named.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                await ErrorAsync(Errors.SessionNotFound($"with the name {name}", name));
            }
        }

        return Id is null && Name is null ? all : [.. found.Distinct()];
    }
}
