using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>A director of a deployment that is to be checked.</summary>
/// <param name="Host">The host.</param>
/// <param name="Connect">Opens its IPVS, or gives the connection that is open already.</param>
/// <param name="Chooses">Which of its services are looked at.</param>
public sealed record LvsDeploymentDirector(ILvsHost Host, Func<CancellationToken, ValueTask<IpvsClient>> Connect, Func<LvsServiceId, bool> Chooses);
