using System.Management.Automation;
using System.Text;

namespace LvsAdmin.Parameters;

/// <summary>Wildcards in the names of services and servers. Brackets belong to IPv6 addresses there, so only * and ? are wildcards.</summary>
internal static class SelectorText
{
    internal static bool HasWildcard(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    internal static WildcardPattern ToPattern(string text)
    {
        StringBuilder escaped = new(text.Length + 4);
        foreach (char c in text)
        {
            _ = c is '[' or ']' or '`' ? escaped.Append('`').Append(c) : escaped.Append(c);
        }

        return new WildcardPattern(escaped.ToString(), WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
    }
}
