using System.IO.Enumeration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Patterns of the text form of services: * for any text, ? for one character, all else is itself.</summary>
internal static class ServicePattern
{
    /// <summary>Whether a service's text form fits a pattern. Case does not matter.</summary>
    internal static bool Matches(string pattern, LvsServiceId service) =>
        FileSystemName.MatchesSimpleExpression(pattern, service.ToString(), ignoreCase: true);
}
