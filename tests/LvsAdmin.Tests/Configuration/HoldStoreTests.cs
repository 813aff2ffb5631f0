using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Configuration;

public sealed class HoldStoreTests : IAsyncDisposable
{
    private const string Machine = "net:[4026531840]";

    private static readonly LvsHold Hold = new()
    {
        VirtualService = LvsServiceId.Parse("tcp/[2001:db8::10]:80"),
        RealServer = LvsServerId.Parse("[2001:db8::21]:8080"),
        Weight = 5,
        By = "ada@admin",
        Since = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero),
        Reason = "quoted \"and\" spread\nover lines",
    };

    private readonly FakeHost _host = new() { NetworkNamespace = null };
    private string _own = Machine;

    public HoldStoreTests()
    {
        _host.Files["/proc/sys/kernel/random/boot_id"] = "11111111-aaaa\n";
        _host.Program = invocation => $"{invocation}" == "readlink /proc/1/ns/net /proc/self/ns/net"
            ? new ProgramResult(0, $"{Machine}\n{_own}\n", string.Empty)
            : throw new InvalidOperationException($"{invocation}");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Nothing_is_run_where_nothing_is_held()
    {
        Assert.Empty(await HoldStore.ReadAsync(_host, Stop));
        Assert.Empty(_host.Log);
    }

    [Fact]
    public async Task Those_who_write_at_once_lose_nothing_of_each_other()
    {
        LvsHold[] holds = [.. Enumerable.Range(1, 40).Select(number => Hold with { RealServer = LvsServerId.Parse($"[2001:db8::{number}]:8080") })];

        await Task.WhenAll(holds.Select(hold => Task.Run(async () => await HoldStore.AddAsync(_host, hold, Stop), Stop)));

        Assert.Equal(holds.Length, (await HoldStore.ReadAsync(_host, Stop)).Count);
    }

    [Fact]
    public async Task A_hold_of_the_machine_outlives_a_boot_and_one_of_another_namespace_does_not()
    {
        await HoldStore.AddAsync(_host, Hold, Stop);
        _own = "net:[7]";
        LvsHold other = Hold with { RealServer = LvsServerId.Parse("[2001:db8::22]:8080"), Until = DateTimeOffset.UnixEpoch };
        Assert.Empty(await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.AddAsync(_host, other, Stop);
        Assert.Equal([other], await HoldStore.ReadAsync(_host, Stop));

        _host.Files["/proc/sys/kernel/random/boot_id"] = "22222222-bbbb\n";
        Assert.Empty(await HoldStore.ReadAsync(_host, Stop));
        _own = Machine;
        Assert.Equal([Hold], await HoldStore.ReadAsync(_host, Stop));
    }

    [Fact]
    public async Task One_of_the_same_server_takes_the_place_of_the_other_and_the_last_takes_the_file_along()
    {
        await HoldStore.AddAsync(_host, Hold, Stop);
        await HoldStore.AddAsync(_host, Hold with { Reason = null, Weight = 9 }, Stop);
        Assert.Equal([Hold with { Reason = null, Weight = 9 }], await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.RemoveAsync(_host, Hold.VirtualService, LvsServerId.Parse("[2001:db8::21]:80"), Stop);
        Assert.Single(await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.RemoveAsync(_host, Hold.VirtualService, Hold.RealServer, Stop);
        Assert.False(_host.Files.ContainsKey(HoldStore.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"holds":[]}""")]
    [InlineData("""{"version":1,"holds":[null]}""")]
    [InlineData("""{"version":1,"holds":[{"namespace":"machine","virtualService":"tcp/1.2.3","realServer":"192.0.2.21:80","by":"x"}]}""")]
    [InlineData("""{"version":1,"holds":[{"namespace":"machine","virtualService":"tcp/192.0.2.10:80","realServer":"192.0.2.21","by":"x"}]}""")]
    public async Task A_file_that_is_none_of_ours_is_told_and_not_overwritten(string text)
    {
        _host.Files[HoldStore.Path] = text;
        foreach (Func<Task> use in new Func<Task>[] { () => HoldStore.ReadAsync(_host, Stop).AsTask(), () => HoldStore.AddAsync(_host, Hold, Stop).AsTask() })
        {
            Assert.Equal(LvsHostError.BadReply, (await Assert.ThrowsAsync<LvsHostException>(use)).Error);
        }

        Assert.Equal(text, _host.Files[HoldStore.Path]);
    }
}
