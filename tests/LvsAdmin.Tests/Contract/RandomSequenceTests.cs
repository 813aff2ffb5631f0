using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts.Simulated;
using static LvsAdmin.Tests.Contract.ContractRequest;

namespace LvsAdmin.Tests.Contract;

/// <summary>Random requests, good and bad, to the simulated and the real kernel: the same error numbers, the same bytes.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class RandomSequenceTests(ContractNamespace space, ITestOutputHelper output) : IClassFixture<ContractNamespace>
{
    private const int Sequences = 320;
    private const int Length = 12;

    [Fact]
    public async Task The_simulated_kernel_answers_random_sequences_as_the_real_one()
    {
        // To see a failure again: LVS_SEED.
        int seed = int.TryParse(Environment.GetEnvironmentVariable("LVS_SEED"), out int given) ? given : Random.Shared.Next();
        output.WriteLine($"seed {seed}, {Sequences} sequences of {Length} requests");
        await using ContractConnection real = await ContractConnection.OpenAsync(space.OpenTransport());
        int ticks = await FindTicksAsync(real);
        int succeeded = 0;
        HashSet<int> errors = [];
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            Random random = new(seed + sequence);
            await using ContractConnection simulated = await ContractConnection.OpenAsync(new SimulatedKernel(network: new ContractNetwork()) { TicksPerSecond = ticks }.OpenTransport());
            ContractRequest[] start = [Empty, Of(SetConfig, "timeouts", U32(4, 900), U32(5, 120), U32(6, 300))];
            Assert.All(await real.AskAsync(start), answer => Assert.Equal(0, answer.Errno));
            List<ContractRequest> asked = [];
            for (int step = 0; step < Length; step++)
            {
                asked.Add(RandomRequests.Next(random));
                int errno = await CompareAsync(real, simulated, asked, seed + sequence);
                succeeded += errno == 0 ? 1 : 0;
                errors.Add(errno);
            }

            foreach (ContractRequest last in RandomRequests.Services.Select(Servers).Prepend(Timeouts).Prepend(ContractRequest.Services))
            {
                asked.Add(last);
                await CompareAsync(real, simulated, asked, seed + sequence);
            }
        }

        output.WriteLine($"{succeeded} of {Sequences * Length} requests succeeded; error numbers: {string.Join(", ", errors.Order())}");
        // Neither all refused nor all taken, or nothing would be compared.
        Assert.InRange(succeeded, Sequences * Length / 5, Sequences * Length * 4 / 5);
        Assert.True(errors.Count >= 6, "too few kinds of errors came up");
    }

    private static async Task<int> CompareAsync(ContractConnection real, ContractConnection simulated, List<ContractRequest> asked, int seed)
    {
        ContractAnswer expected = await real.AskAsync(asked[^1]);
        ContractAnswer actual = await simulated.AskAsync(asked[^1]);
        Assert.True(
            $"{expected}" == $"{actual}", $"LVS_SEED={seed}\nreal: {expected}\nsimulated: {actual}\nafter:\n{string.Join('\n', asked)}");
        return expected.Errno;
    }

    // The longest timeout tells how often this kernel's clock ticks.
    private static async Task<int> FindTicksAsync(ContractConnection real)
    {
        foreach (int ticks in new[] { 100, 250, 300 })
        {
            if ((await real.AskAsync(Of(SetConfig, "longest", U32(6, (uint)(int.MaxValue / ticks))))).Errno == 0)
            {
                return ticks;
            }
        }

        return 1000;
    }
}
