using System.Management.Automation;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Reads the parameters of IPVS in the kernel (net.ipv4.vs), with their meaning.</summary>
[Cmdlet(VerbsCommon.Get, "LvsKernelParameter")]
[OutputType(typeof(LvsKernelParameter))]
public sealed class GetLvsKernelParameterCommand : LvsHostCommand
{
    /// <summary>The names within net.ipv4.vs, or wildcards; all unless said otherwise.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(KernelParameterCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IReadOnlyList<LvsKernelParameter> all = await KernelParameters.ReadAsync(TargetHost, StopToken);
        foreach (string name in Name ?? ["*"])
        {
            string plain = Plain(name);
            WildcardPattern pattern = new(plain, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            LvsKernelParameter[] found = [.. all.Where(parameter => pattern.IsMatch(parameter.Name))];
            foreach (LvsKernelParameter parameter in found)
            {
                await OutputAsync(parameter);
            }

            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(plain))
            {
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"The kernel of {HostText} has no parameter net.ipv4.vs.{plain}. Get-LvsKernelParameter lists those that it has."),
                    "ParameterMissing", ErrorCategory.ObjectNotFound, name));
            }
        }
    });

    // As sysctl(8) writes it, too.
    private static string Plain(string name)
    {
        const string Prefix = "net.ipv4.vs.";
        return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
    }
}
