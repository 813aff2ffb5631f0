namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>Connections that were opened together and end together.</summary>
/// <param name="Active">Those in the state established.</param>
/// <param name="Inactive">Those in any other state.</param>
/// <param name="Persistent">Persistence templates.</param>
/// <param name="End">When they end.</param>
internal sealed record SimulatedConnections(int Active, int Inactive, int Persistent, DateTimeOffset End);
