using System.Text.RegularExpressions;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Tells broken rules of IPVS as problems of a document: at the value that breaks them, in the names of the document.</summary>
internal static partial class BreachReport
{
    // Which of the values a rule is about; the identity where none is named here.
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["SchedulerNameInvalid"] = "scheduler",
        ["SchedulerFlagMismatch"] = "schedulerFlags",
        ["OnePacketNeedsUdp"] = "onePacket",
        ["PersistenceTimeoutOutOfRange"] = "persistenceTimeout",
        ["PersistencePrefixOutOfRange"] = "persistencePrefixLength",
        ["PersistencePrefixNeedsPersistence"] = "persistencePrefixLength",
        ["PersistenceEngineNeedsPersistence"] = "persistenceEngine",
        ["PersistenceEngineNameInvalid"] = "persistenceEngine",
        ["ForwardingNotChoosable"] = "forwarding",
        ["TunnelOptionNeedsTunnel"] = "tunnelType",
        ["TunnelTypeInvalid"] = "tunnelType",
        ["TunnelPortMissing"] = "tunnelType",
        ["TunnelPortNeedsGue"] = "tunnelPort",
        ["TunnelChecksumMismatch"] = "tunnelChecksum",
        ["ThresholdOutOfRange"] = "upperThreshold",
        ["ThresholdsCrossed"] = "lowerThreshold",
    };

    /// <summary>Notes broken rules as problems.</summary>
    /// <param name="context">Where they are noted.</param>
    /// <param name="breaches">The rules.</param>
    /// <param name="layers">Where the values are said.</param>
    /// <param name="identity">Where the service or server is named.</param>
    internal static void Add(DocumentContext context, IEnumerable<LvsValidationException> breaches, DocumentLayers layers, DocumentPlace identity)
    {
        foreach (LvsValidationException breach in breaches)
        {
            DocumentPlace place = Keys.TryGetValue(breach.Id, out string? key) && layers[key] is { } said ? said : identity;
            context.Problem(breach.Id, place, InTermsOfDocument(breach.Message));
        }
    }

    /// <summary>A message that advises a parameter (-PersistenceTimeout), with the key of the same name instead.</summary>
    internal static string InTermsOfDocument(string message) =>
        Parameter().Replace(message, match => char.ToLowerInvariant(match.Value[1]) + match.Value[2..]);

    [GeneratedRegex("(?<= )-[A-Z][a-z]+[A-Za-z]*")]
    private static partial Regex Parameter();
}
