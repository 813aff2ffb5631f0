using LvsAdmin.Core.Hosts.Simulated;

namespace LvsAdmin.Tests.Contract;

/// <summary>The simulated kernel keeps the contract.</summary>
public sealed class SimulatedKernelContractTests : IpvsContract
{
    private protected override Task<ContractConnection> ConnectAsync() => ContractConnection.OpenAsync(new SimulatedKernel(network: new ContractNetwork()).OpenTransport());
}
