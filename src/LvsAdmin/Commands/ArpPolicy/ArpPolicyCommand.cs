using System.Management.Automation;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about ARP policies: of which interfaces.</summary>
public abstract class ArpPolicyCommand : HostChangeCommand
{
    /// <summary>The kernel's name for every interface at once.</summary>
    protected const string AllInterfaces = "all";

    /// <summary>The interfaces, or wildcards; all for every one, default for those that will be made later.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ArpInterfaceCompleter))]
    public string[]? Interface { get; set; }

    /// <summary>The policies of the chosen interfaces, in the order of choosing; one that is missing is an error unless it was a wildcard.</summary>
    /// <param name="otherwise">What is chosen when the user names none.</param>
    protected async ValueTask<IReadOnlyList<LvsArpPolicy>> ChosenPoliciesAsync(string otherwise)
    {
        IReadOnlyList<LvsArpPolicy> all = await ArpPolicies.GetAsync(TargetHost, StopToken);
        List<LvsArpPolicy> chosen = [];
        foreach (string name in Interface ?? [otherwise])
        {
            WildcardPattern pattern = new(name, WildcardOptions.CultureInvariant);
            LvsArpPolicy[] found = [.. all.Where(policy => pattern.IsMatch(policy.Interface))];
            chosen.AddRange(found);
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"{HostText} has no interface {name}. Get-LvsArpPolicy lists those that it has."),
                    "InterfaceMissing", ErrorCategory.ObjectNotFound, name));
            }
        }

        return [.. chosen.DistinctBy(policy => policy.Interface)];
    }

    /// <summary>Writes the policies of interfaces as they are now.</summary>
    protected async ValueTask OutputPoliciesAsync(IReadOnlyList<string> interfaces)
    {
        foreach (LvsArpPolicy policy in await ArpPolicies.GetAsync(TargetHost, StopToken))
        {
            if (interfaces.Contains(policy.Interface))
            {
                await OutputAsync(policy);
            }
        }
    }
}
