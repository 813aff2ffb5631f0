using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Configuration;

public sealed class HoldStoreTests : IAsyncDisposable
{
    private static readonly LvsHold Hold = new()
    {
        VirtualService = LvsServiceId.Parse("tcp/[2001:db8::10]:80"),
        RealServer = LvsServerId.Parse("[2001:db8::21]:8080"),
        Weight = 5,
        By = "ada@admin",
        Since = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero),
        Reason = "quoted \"and\" spread\nover lines",
    };

    private static readonly string File = $"{HoldStore.Directory}/machine_tcp_[2001:db8::10]:80_[2001:db8::21]:8080.json";

    private readonly NamespacedHost _place = new();
    private readonly FakeHost _host;

    public HoldStoreTests() => _host = _place.Host;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Nothing_is_run_where_nothing_is_held()
    {
        Assert.Empty(await HoldStore.ReadAsync(_host, Stop));
        Assert.Empty(_host.Log);
    }

    [Fact]
    public async Task Those_who_write_at_once_in_several_processes_lose_nothing_of_each_other()
    {
        // Whoever adds or removes has seen the director as it was before the other one wrote, as another process or machine may have.
        LvsHold third = Hold with { RealServer = LvsServerId.Parse("[2001:db8::23]:8080") };
        await HoldStore.AddAsync(_host, third, Stop);
        LvsHold second = Hold with { RealServer = LvsServerId.Parse("[2001:db8::22]:8080") };
        Task others = Task.CompletedTask;
        _host.OnWrite = (_, _) =>
        {
            _host.OnWrite = (_, _) => { };
            others = OthersAsync();
        };

        await HoldStore.AddAsync(_host, Hold, Stop);
        await others;

        Assert.Equal([Hold, second], (await HoldStore.ReadAsync(_host, Stop)).OrderBy(hold => hold.RealServer));

        async Task OthersAsync()
        {
            await HoldStore.AddAsync(_host, second, Stop);
            await HoldStore.RemoveAsync(_host, third.VirtualService, third.RealServer, Stop);
        }
    }

    [Fact]
    public async Task One_that_is_given_back_while_it_is_read_is_none()
    {
        LvsHold other = Hold with { RealServer = LvsServerId.Parse("[2001:db8::22]:8080") };
        await HoldStore.AddAsync(_host, Hold, Stop);
        await HoldStore.AddAsync(_host, other, Stop);
        _host.Files[$"{HoldStore.Directory}/.machine_half.json.0123"] = "{";
        Func<ProgramInvocation, ProgramResult> program = _host.Program!;
        _host.Program = invocation =>
        {
            _host.Files.Remove(File);
            return program(invocation);
        };

        Assert.Equal([other], await HoldStore.ReadAsync(_host, Stop));
    }

    [Fact]
    public async Task A_hold_of_the_machine_outlives_a_boot_and_one_of_another_namespace_does_not()
    {
        await HoldStore.AddAsync(_host, Hold, Stop);
        _place.Own = "net:[7]";
        LvsHold other = Hold with { RealServer = LvsServerId.Parse("[2001:db8::22]:8080"), Until = DateTimeOffset.UnixEpoch };
        Assert.Empty(await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.AddAsync(_host, other, Stop);
        Assert.Equal([other], await HoldStore.ReadAsync(_host, Stop));

        _host.Files["/proc/sys/kernel/random/boot_id"] = "22222222-bbbb\n";
        Assert.Empty(await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.AddAsync(_host, other, Stop);
        Assert.Equal(
            [$"{HoldStore.Directory}/22222222-bbbb.net:[7]_tcp_[2001:db8::10]:80_[2001:db8::22]:8080.json", File],
            _host.Files.Keys.Where(path => path.StartsWith(HoldStore.Directory, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        _place.Own = NamespacedHost.Machine;
        Assert.Equal([Hold], await HoldStore.ReadAsync(_host, Stop));
    }

    [Fact]
    public async Task One_of_the_same_server_takes_the_place_of_the_other_and_goes_with_its_file()
    {
        await HoldStore.AddAsync(_host, Hold, Stop);
        await HoldStore.AddAsync(_host, Hold with { Reason = null, Weight = 9 }, Stop);
        Assert.Equal([Hold with { Reason = null, Weight = 9 }], await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.RemoveAsync(_host, Hold.VirtualService, LvsServerId.Parse("[2001:db8::21]:80"), Stop);
        Assert.Single(await HoldStore.ReadAsync(_host, Stop));
        await HoldStore.RemoveAsync(_host, Hold.VirtualService, Hold.RealServer, Stop);
        Assert.False(_host.Files.ContainsKey(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"version":2,"virtualService":"tcp/192.0.2.10:80","realServer":"192.0.2.21:80","by":"x"}""")]
    [InlineData("""{"virtualService":"tcp/192.0.2.10:80","realServer":"192.0.2.21:80","by":"x"}""")]
    [InlineData("""{"version":1,"virtualService":"tcp/1.2.3","realServer":"192.0.2.21:80","by":"x"}""")]
    [InlineData("""{"version":1,"virtualService":"tcp/192.0.2.10:80","realServer":"192.0.2.21","by":"x"}""")]
    public async Task A_file_that_is_none_of_ours_is_told_and_not_overwritten(string text)
    {
        _host.Files[File] = text;
        foreach (Func<Task> use in new Func<Task>[] { () => HoldStore.ReadAsync(_host, Stop).AsTask(), () => HoldStore.AddAsync(_host, Hold, Stop).AsTask() })
        {
            LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(use);
            Assert.Equal(LvsHostError.BadReply, refused.Error);
            Assert.Contains(File, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(text, _host.Files[File]);
    }
}
