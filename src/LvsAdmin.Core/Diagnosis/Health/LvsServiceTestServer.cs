using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>How often one real server answered the probes of a service.</summary>
/// <param name="RealServer">The real server.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Answers">How many probes it answered, by the director's connection table.</param>
/// <param name="Expected">How many it should have by its weight and the scheduler; null where these promise no share.</param>
public sealed record LvsServiceTestServer(LvsServerId RealServer, int Weight, int Answers, double? Expected)
{
    /// <summary>The server with its counts.</summary>
    public override string ToString() => Expected is { } expected
        ? string.Create(CultureInfo.InvariantCulture, $"{RealServer}: {Answers} of {expected:0.#}")
        : string.Create(CultureInfo.InvariantCulture, $"{RealServer}: {Answers}");
}
