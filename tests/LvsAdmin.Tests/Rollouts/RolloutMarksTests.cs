using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Rollouts;

/// <summary>The marks by which two roll-outs do not take out two directors of a pair.</summary>
public sealed class RolloutMarksTests : IAsyncDisposable
{
    private const string Elsewhere = "eve@elsewhere.invalid (roll-out 7.1)";

    private static readonly string Person = $"root@{Environment.MachineName}";

    private readonly NamespacedHost _place = new();
    private readonly FakeHost _host;

    public RolloutMarksTests() => _host = _place.Host;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Another_roll_out_is_seen_until_it_takes_its_mark_away_and_ones_own_is_not()
    {
        string own = RolloutOwner.New(Person);
        RolloutMark other = MarkOf(Elsewhere);
        await RolloutMarks.AddAsync(_host, MarkOf(own), Stop);
        await RolloutMarks.AddAsync(_host, other, Stop);

        Assert.Equal([other], await RolloutMarks.OthersAsync(_host, own, Stop));
        Assert.Equal("eve@elsewhere.invalid (roll-out 7.1) works on lb1 since 2026-11-01 10:00:00Z", RolloutMarks.Describe(other));

        await RolloutMarks.RemoveAsync(_host, other.By, Stop);
        Assert.Empty(await RolloutMarks.OthersAsync(_host, own, Stop));
        await RolloutMarks.RemoveAsync(_host, own, Stop);
        await RolloutMarks.RemoveAsync(_host, own, Stop);
        Assert.DoesNotContain(_host.Files.Keys, path => path.Contains("/rollouts/", StringComparison.Ordinal));
        RolloutOwner.End(own);
    }

    [Fact]
    public async Task The_mark_of_a_roll_out_that_was_killed_is_taken_away()
    {
        using Process killed = Process.Start("sleep", "30");
        RolloutMark mark = MarkOf(string.Create(CultureInfo.InvariantCulture, $"{Person} (roll-out {killed.Id}.1)"));
        await RolloutMarks.AddAsync(_host, mark, Stop);

        Assert.Equal([mark], await RolloutMarks.OthersAsync(_host, Person, Stop));
        killed.Kill();
        await killed.WaitForExitAsync(Stop);
        Assert.Empty(await RolloutMarks.OthersAsync(_host, Person, Stop));
        Assert.DoesNotContain(_host.Files.Keys, path => path.Contains("/rollouts/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Directors_in_namespaces_of_one_machine_have_marks_of_their_own()
    {
        await RolloutMarks.AddAsync(_host, MarkOf(Elsewhere), Stop);
        _place.Own = "net:[4026532000]";

        Assert.Empty(await RolloutMarks.OthersAsync(_host, Person, Stop));
        await RolloutMarks.RemoveAsync(_host, Elsewhere, Stop);
        _place.Own = NamespacedHost.Machine;
        Assert.Equal([MarkOf(Elsewhere)], await RolloutMarks.OthersAsync(_host, Person, Stop));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{ "director": "lb1", "by": null, "since": "2026-11-01T10:00:00Z" }""")]
    public async Task What_is_no_mark_is_told(string text)
    {
        _host.Files["/run/lvsadmin/rollouts/machine_x.json"] = text;

        LvsHostException exception = await Assert.ThrowsAsync<LvsHostException>(async () => await RolloutMarks.OthersAsync(_host, Person, Stop));

        Assert.Equal(LvsHostError.BadReply, exception.Error);
        Assert.Contains("/run/lvsadmin/rollouts/machine_x.json", exception.Message, StringComparison.Ordinal);
    }

    private static RolloutMark MarkOf(string by) => new("lb1", by, new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero));
}
