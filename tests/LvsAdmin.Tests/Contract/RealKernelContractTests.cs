using System.Runtime.Versioning;

namespace LvsAdmin.Tests.Contract;

/// <summary>The real kernel keeps the contract, or else the contract is wrong.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class RealKernelContractTests(ContractNamespace space) : IpvsContract, IClassFixture<ContractNamespace>
{
    private protected override async Task<ContractConnection> ConnectAsync()
    {
        ContractConnection connection = await ContractConnection.OpenAsync(space.OpenTransport());
        Assert.Equal(0, (await connection.AskAsync(ContractRequest.Empty)).Errno);
        return connection;
    }
}
