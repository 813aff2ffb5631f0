using System.Collections;
using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>
/// Tells values that $PSDefaultParameterValues filled in from those that the user typed. PowerShell itself does not: a default stands among the bound
/// parameters, and even keeps the property of a piped object from being bound (about_Parameters_Default_Values).
/// </summary>
internal static class DefaultParameters
{
    private const string Variable = "PSDefaultParameterValues";

    /// <summary>Whether the value of a bound parameter is a default.</summary>
    internal static bool Gave(PSCmdlet cmdlet, string parameter)
    {
        if (!cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? bound) || cmdlet.GetVariableValue(Variable) is not IDictionary defaults)
        {
            return false;
        }

        foreach (DictionaryEntry entry in defaults)
        {
            string[] parts = $"{entry.Key}".Split(':', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && Matches(parts[0], cmdlet.MyInvocation.MyCommand.Name) && Matches(parts[1], parameter)
                && (Unwrap(entry.Value) is ScriptBlock || IsSame(bound, entry.Value)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string pattern, string name) => new WildcardPattern(pattern.Trim('\'', '"'), WildcardOptions.IgnoreCase).IsMatch(name);

    // By reference: what the user typed is another instance, also where it says the same.
    private static bool IsSame(object? bound, object? given)
    {
        bound = Unwrap(bound);
        given = Unwrap(given);
        return ReferenceEquals(bound, given) || (bound is object[] { Length: > 0 } elements && ReferenceEquals(Unwrap(elements[0]), First(given)));
    }

    private static object? First(object? value) => value is object[] { Length: > 0 } elements ? Unwrap(elements[0]) : value;

    private static object? Unwrap(object? value) => value is PSObject { BaseObject: var inner } ? inner : value;
}
