namespace LvsAdmin.Core.Ipvs;

/// <summary>What the kernel says of its IPVS (IPVS_CMD_GET_INFO).</summary>
/// <param name="Version">The version of IPVS; 1.2.1 in every kernel of this century, so it tells nothing about features.</param>
/// <param name="ConnectionTableSize">The number of hash buckets of the connection table (not a limit of connections).</param>
public sealed record IpvsInfo(Version Version, uint ConnectionTableSize);
