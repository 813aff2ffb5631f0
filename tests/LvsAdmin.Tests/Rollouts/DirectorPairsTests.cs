using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Rollouts;

/// <summary>Which directors are a pair, and which are worked on at once, for farms made at random: whatever they are like, the same must hold.</summary>
public sealed class DirectorPairsTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(0, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_director_has_its_turn_once_never_beside_its_pair_and_never_before_its_standby(int seed)
    {
        Random random = new(seed);
        int[] all = [.. Enumerable.Range(0, random.Next(1, 12))];
        int[] pairs = [.. all.Select(_ => random.Next(5))];
        bool[] standby = [.. all.Select(_ => random.Next(2) == 0)];
        int size = random.Next(1, 13);
        List<int> remaining = [.. all];
        while (remaining.Count > 0)
        {
            IReadOnlyList<int> batch = DirectorPairs.Next(remaining, size, each => pairs[each], each => standby[each], _ => true);

            Assert.InRange(batch.Count, 1, size);
            Assert.Equal(batch.Count, batch.Select(each => pairs[each]).Distinct().Count());
            Assert.All(batch.Where(each => !standby[each]), each => Assert.DoesNotContain(remaining, other => pairs[other] == pairs[each] && standby[other]));
            // Not smaller than it has to be.
            Assert.True(batch.Count == size || remaining.All(each => batch.Any(taken => pairs[taken] == pairs[each])));
            Assert.Equal(batch.Count, remaining.RemoveAll(batch.Contains));
        }
    }

    [Fact]
    public void Nobody_for_whom_none_can_stand_in_has_a_turn() =>
        Assert.Equal([2], DirectorPairs.Next([0, 1, 2], 3, each => each, _ => true, each => each == 2));

    [Theory]
    [InlineData("10", "10", 0, 0, true)]
    [InlineData("10 11", "11 12", 0, 0, true)]
    [InlineData("10", "12", 0, 0, false)]
    [InlineData("10", "12", 7, 7, true)]
    [InlineData("10", "12", 7, 8, false)]
    public void A_pair_shares_a_service_or_a_sync_id(string services, string others, int syncId, int otherSyncId, bool isPair)
    {
        int[] pairs = DirectorPairs.Group([Director(services, syncId, LvsSyncRole.Master), Director(others, otherSyncId, LvsSyncRole.Backup)]);

        Assert.Equal(isPair, pairs[0] == pairs[1]);
    }

    [Fact]
    public void Who_is_a_pair_of_one_is_it_of_the_other_too() =>
        Assert.Single(DirectorPairs.Group([Director("10", 0), Director("12", 0), Director("10 12", 0)]).Distinct());

    [Theory]
    [InlineData("192.0.2.10", "192.0.2.10", LvsSyncRole.Backup, false)]
    [InlineData("192.0.2.1", "192.0.2.10", LvsSyncRole.Master, true)]
    [InlineData("192.0.2.1", "", LvsSyncRole.Backup, true)]
    [InlineData("192.0.2.1", "", LvsSyncRole.Master, false)]
    [InlineData("192.0.2.1", "", null, false)]
    public void A_standby_holds_no_virtual_IP_and_where_there_is_none_it_only_listens(string holds, string vips, LvsSyncRole? role, bool isStandby)
    {
        HashSet<LvsAddress> wanted = [.. vips.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(LvsAddress.Parse)];

        Assert.Equal(isStandby, DirectorPairs.IsStandby(Director("10", 0, role) with { Addresses = new HashSet<LvsAddress> { LvsAddress.Parse(holds) } }, wanted));
    }

    private static DirectorFacts Director(string services, int syncId, LvsSyncRole? role = null) => new()
    {
        HostName = "lb",
        Services = services.Split(' ').ToDictionary(last => LvsServiceId.Parse($"tcp/192.0.2.{last}:80"), _ => true),
        Table = [],
        Addresses = new HashSet<LvsAddress>(),
        Daemons = role is { } known ? [new LvsSyncDaemon { Role = known, Interface = "eth0", SyncId = (byte)syncId }] : [],
    };
}
