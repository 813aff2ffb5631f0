using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Bytes")]
public sealed class KernelParametersTests : IAsyncDisposable
{
    private const string Root = "/proc/sys/net/ipv4/vs/";
    private readonly FakeHost _host = new();

    public KernelParametersTests()
    {
        // As linux.uml 6.1 shows them.
        foreach ((string name, string text) in new[]
        {
            ("am_droprate", "10"), ("conntrack", "0"), ("drop_entry", "2"), ("pmtu_disc", "1"), ("sync_ports", "1"), ("sync_threshold", "3\t50"),
            ("sync_qlen_max", "23862"), ("est_cpulist", ""), ("est_nice", "0"), ("sync_retries", "0"), ("from_the_future", "7"),
        })
        {
            _host.Files[Root + name] = text + "\n";
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_are_typed_and_compared_with_their_defaults()
    {
        Dictionary<string, LvsKernelParameter> all = (await KernelParameters.ReadAsync(_host, Stop)).ToDictionary(each => each.Name);
        Assert.Equal((false, true, "fake", "blue"), (all["conntrack"].Value, all["conntrack"].IsDefault, all["conntrack"].HostName, all["conntrack"].NetworkNamespace));
        Assert.Equal((2L, 0L, false), (all["drop_entry"].Value, all["drop_entry"].Default, all["drop_entry"].IsDefault));
        Assert.Equal(("3 50", true), (all["sync_threshold"].Value, all["sync_threshold"].IsDefault));
        Assert.Equal((23862L, null), (all["sync_qlen_max"].Value, all["sync_qlen_max"].IsDefault));
        Assert.Equal((7L, "", null), (all["from_the_future"].Value, all["from_the_future"].Description, all["from_the_future"].IsDefault));
        Assert.Equal("", all["est_cpulist"].Value);
    }

    [Theory]
    [InlineData("conntrack", true, "1")]
    [InlineData("net.ipv4.vs.conntrack", "on", "1")]
    [InlineData("conntrack", 1, "1")]
    [InlineData("am_droprate", 20L, "20")]
    [InlineData("sync_threshold", "5 \t 100", "5 100")]
    [InlineData("sync_threshold", new[] { 3, 0 }, "3 0")]
    [InlineData("sync_ports", 8, "8")]
    [InlineData("est_cpulist", "0-3", "0-3")]
    [InlineData("est_nice", -20, "-20")]
    [InlineData("from_the_future", "anything", "anything")]
    [InlineData("drop_entry", 3, "3")]
    public async Task A_value_is_written_as_the_kernel_takes_it(string name, object value, string expected)
    {
        HostChange change = Assert.Single(await KernelParameters.PlanSetAsync(_host, name, value, Stop));
        Assert.Equal(("net.ipv4.vs", expected), (change.Target, change.NewValue));
        Assert.Empty(_host.Log);
        await HostPlan.ApplyAsync([change], Stop);
        Assert.Equal([$"write {Root}{change.Property} {expected}"], _host.Log);
        Assert.Empty(await KernelParameters.PlanSetAsync(_host, name, value, Stop));
    }

    [Theory]
    [InlineData("drop_entry", 1)]
    [InlineData("drop_entry", 2)]
    [InlineData("conntrack", false)]
    [InlineData("sync_threshold", "3 50")]
    [InlineData("est_cpulist", "")]
    public async Task What_is_so_already_is_not_written(string name, object value) =>
        Assert.Empty(await KernelParameters.PlanSetAsync(_host, name, value, Stop));

    [Theory]
    [InlineData("conntrack", "maybe")]
    [InlineData("conntrack", 2)]
    [InlineData("am_droprate", true)]
    [InlineData("am_droprate", 0)]
    [InlineData("am_droprate", "1e3")]
    [InlineData("am_droprate", 4294967296L)]
    [InlineData("drop_entry", 4)]
    [InlineData("est_nice", -21)]
    [InlineData("sync_retries", 4)]
    [InlineData("sync_ports", 3)]
    [InlineData("sync_ports", 128)]
    [InlineData("sync_threshold", "50 3")]
    [InlineData("sync_threshold", "3")]
    [InlineData("sync_threshold", "-1 50")]
    public async Task What_the_kernel_would_refuse_or_misread_is_refused_with_the_reason(string name, object value)
    {
        LvsValidationException refused = await Assert.ThrowsAsync<LvsValidationException>(async () => await KernelParameters.PlanSetAsync(_host, name, value, Stop));
        Assert.Equal("InvalidKernelParameterValue", refused.Id);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no_such_thing", "It has:")]
    [InlineData("../../ipv4/ip_forward", "It has:")]
    [InlineData("svc_lfactor", "Linux 7.1")]
    [InlineData("lblc_expiration", "ip_vs_lblc")]
    [InlineData("backup_only", "older")]
    public async Task A_missing_parameter_says_why(string name, string reason)
    {
        LvsHostException missing = await Assert.ThrowsAsync<LvsHostException>(async () => await KernelParameters.PlanSetAsync(_host, name, 1, Stop));
        Assert.Equal(LvsHostError.ParameterMissing, missing.Error);
        Assert.Contains(reason, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ip_vs_that_is_the_error()
    {
        _host.Files.Clear();
        Assert.Equal(
            LvsHostError.ModuleNotLoaded,
            (await Assert.ThrowsAsync<LvsHostException>(async () => await KernelParameters.ReadAsync(_host, Stop))).Error);
        Assert.Equal(
            LvsHostError.ModuleNotLoaded,
            (await Assert.ThrowsAsync<LvsHostException>(async () => await KernelParameters.PlanSetAsync(_host, "conntrack", true, Stop))).Error);
    }

    [Fact]
    public void The_catalogue_is_whole_and_consistent()
    {
        IReadOnlyList<LvsKernelParameterDefinition> all = KernelParameterCatalogue.All;
        Assert.Equal(all.Select(each => each.Name).Distinct().Order(StringComparer.Ordinal), all.Select(each => each.Name));
        Assert.All(all, each =>
        {
            Assert.EndsWith(".", each.Description, StringComparison.Ordinal);
            Assert.DoesNotContain("  ", each.Description, StringComparison.Ordinal);
            if (each.Kind == LvsKernelParameterKind.Number && each.Default is { } initial)
            {
                long number = long.Parse(initial, System.Globalization.CultureInfo.InvariantCulture);
                Assert.InRange(number, each.Minimum ?? long.MinValue, each.Maximum ?? long.MaxValue);
            }
        });
    }
}
