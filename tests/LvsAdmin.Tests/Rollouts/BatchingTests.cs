using System.Globalization;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Rollouts;

/// <summary>Which hosts a roll-out works on at once, for farms made at random: whatever they are like, the same must hold.</summary>
public sealed class BatchingTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(0, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_host_has_its_turn_once_and_no_batch_takes_more_than_services_can_spare(int seed)
    {
        Random random = new(seed);
        LvsRolloutTarget[] targets = [.. Enumerable.Range(1, random.Next(1, 20)).Select(Target)];
        RolloutPool[] pools = [.. Enumerable.Range(1, random.Next(1, 5)).Select(number => Pool(number, targets, random))];
        RolloutQuantity[] sizes = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(2) == 0 ? new RolloutQuantity(random.Next(1, 6), false) : new RolloutQuantity(random.Next(1, 101), true))];

        (IReadOnlyList<IReadOnlyList<LvsRolloutTarget>> batches, IReadOnlyList<LvsRolloutTarget> refused) = RolloutBatching.Plan(targets, sizes, 0, targets.Length, (left, size) => RolloutBatching.Next(left, size, pools));

        Assert.Equal(targets.Select(target => target.HostName).Order(), batches.SelectMany(batch => batch).Concat(refused).Select(target => target.HostName).Order());
        // As all come back, only those wait for ever that a service cannot spare even alone.
        Assert.Equal(targets.Where(target => RolloutBatching.ObstacleOf(target, pools) is not null), refused);
        List<LvsRolloutTarget> remaining = [.. targets];
        for (int index = 0; index < batches.Count; index++)
        {
            IReadOnlyList<LvsRolloutTarget> batch = batches[index];
            int size = RolloutBatching.SizeOf(sizes, index, targets.Length);
            Assert.InRange(batch.Count, 1, size);
            Assert.Equal(batch, targets.Where(batch.Contains));
            Assert.All(pools, pool => Assert.InRange(batch.Sum(pool.CostOf), 0, pool.Capacity));
            remaining.RemoveAll(batch.Contains);
            // Not smaller than it has to be.
            Assert.True(
                batch.Count == size || remaining.All(target => pools.Any(pool => pool.CostOf(target) > pool.Capacity - batch.Sum(pool.CostOf))), $"batch {index + 1} has room for one more");
        }
    }

    [Theory]
    [InlineData("1", 8, 1, 1)]
    [InlineData("25%", 8, 2, 2)]
    [InlineData("25%", 10, 2, 3)]
    [InlineData("10%", 8, 0, 1)]
    [InlineData("100%", 8, 8, 8)]
    [InlineData("0", 8, 0, 0)]
    [InlineData(" 12 ", 8, 12, 12)]
    public void A_share_is_rounded_to_the_careful_side(string text, int whole, int most, int least)
    {
        RolloutQuantity quantity = RolloutQuantity.Parse(text, "size");

        Assert.Equal((most, least), (quantity.AtMost(whole), quantity.AtLeast(whole)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("1.5")]
    [InlineData("%")]
    public void What_is_no_quantity_is_refused(string text) =>
        Assert.Equal("InvalidQuantity", Assert.Throws<LvsValidationException>(() => RolloutQuantity.Parse(text, "size")).Id);

    [Fact]
    public void The_last_size_repeats_and_no_batch_is_empty() => Assert.Equal(
        [1, 2, 1, 1],
        Enumerable.Range(0, 4).Select(batch => RolloutBatching.SizeOf([new RolloutQuantity(1, false), new RolloutQuantity(25, true), new RolloutQuantity(1, true)], batch, 8)));

    private static LvsRolloutTarget Target(int number)
    {
        LvsAddress address = LvsAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"192.0.2.{number}"));
        return new LvsRolloutTarget { HostName = $"{address}", Addresses = [address] };
    }

    private static RolloutPool Pool(int number, LvsRolloutTarget[] targets, Random random)
    {
        Dictionary<LvsServerId, bool> servers = [];
        foreach (LvsRolloutTarget target in targets)
        {
            // Some on two ports, some in no service, some at weight 0.
            for (int port = 80; port < 80 + random.Next(3); port++)
            {
                servers[new LvsServerId(target.Addresses[0], (ushort)port)] = random.Next(4) > 0;
            }
        }

        return new RolloutPool("lb1", LvsServiceId.Parse($"fwmark/{number}"), servers, random.Next(servers.Count + 1));
    }
}
