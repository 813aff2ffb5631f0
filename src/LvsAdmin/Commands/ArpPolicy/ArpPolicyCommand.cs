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

    /// <summary>The chosen interfaces, in the order of choosing; one that is missing is an error unless it was a wildcard.</summary>
    /// <param name="existing">What there is to choose from.</param>
    /// <param name="otherwise">What is chosen when the user names none.</param>
    protected async ValueTask<IReadOnlyList<string>> ChosenInterfacesAsync(IReadOnlyList<string> existing, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(existing);
        List<string> chosen = [];
        foreach (string name in Interface ?? [otherwise])
        {
            WildcardPattern pattern = new(name, WildcardOptions.CultureInvariant);
            string[] found = [.. existing.Where(pattern.IsMatch)];
            chosen.AddRange(found);
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"{HostText} has no interface {name}. Get-LvsArpPolicy lists those that it has."),
                    "InterfaceMissing", ErrorCategory.ObjectNotFound, name));
            }
        }

        return [.. chosen.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The policies of all interfaces as they are now; of what could not be read, warnings.</summary>
    protected async ValueTask<IReadOnlyList<LvsArpPolicy>> ReadPoliciesAsync()
    {
        List<string> warnings = [];
        IReadOnlyList<LvsArpPolicy> policies = await ArpPolicies.GetAsync(TargetHost, warnings, StopToken);
        await WarnAsync(warnings);
        return policies;
    }

    /// <summary>Writes warnings.</summary>
    protected async ValueTask WarnAsync(IEnumerable<string> warnings)
    {
        ArgumentNullException.ThrowIfNull(warnings);
        foreach (string warning in warnings)
        {
            await WarningAsync(warning);
        }
    }

    /// <summary>Writes the policies of interfaces as they are now.</summary>
    protected async ValueTask OutputPoliciesAsync(IReadOnlyList<string> interfaces)
    {
        foreach (LvsArpPolicy policy in await ReadPoliciesAsync())
        {
            if (interfaces.Contains(policy.Interface))
            {
                await OutputAsync(policy);
            }
        }
    }
}
