using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Diagnosis;

/// <summary>What is concluded from a host's state and from what programs say; the words of arping and ndisc6 are those of Debian 12.</summary>
[Trait("Level", "Bytes")]
public sealed class ArpPolicyChecksTests
{
    private const string Director = "8e:3f:87:c3:87:9d";
    private const string RealServer = "8e:27:4d:11:6a:97";

    private readonly FakeRealServer _server = new();
    private readonly Dictionary<string, ProgramResult> _answers = new(StringComparer.Ordinal)
    {
        ["arping -V"] = new(0, "arping from iputils 20221126\n", ""),
        ["ip -json route get 192.0.2.10"] = new(0, """[{"dst":"192.0.2.10","dev":"eth0","prefsrc":"192.0.2.21","flags":[],"uid":0,"cache":[]}]""", ""),
        ["ip -json route get 2001:db8::10"] = new(0, """[{"dst":"2001:db8::10","dev":"eth0","protocol":"kernel","prefsrc":"2001:db8::21","flags":[]}]""", ""),
        ["ip -json route get 203.0.113.10"] = new(0, """[{"dst":"203.0.113.10","gateway":"192.0.2.1","dev":"eth0","prefsrc":"192.0.2.21","flags":[]}]""", ""),
        ["ip -json route get 198.51.100.10"] = new(2, "", "RTNETLINK answers: Network is unreachable\n"),
        ["ip -6 -json neighbor show proxy"] = new(0, "[]", ""),
    };

    public ArpPolicyChecksTests() => _server.Failing = invocation =>
        _answers.TryGetValue(invocation.ToString(), out ProgramResult? result) ? result
        : invocation.Program is "arping" or "ndisc6" ? throw new LvsHostException(LvsHostError.ProgramMissing, "missing")
        : null;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    // all, eth0 (ignore and announce each), scope; what fails
    [InlineData(0, 0, 0, 0, "global", "ArpIgnore ArpAnnounce")]
    [InlineData(1, 2, 0, 0, "global", "")]
    [InlineData(0, 0, 1, 2, "global", "")]
    [InlineData(1, 0, 0, 1, "global", "ArpAnnounce")]
    [InlineData(8, 2, 1, 0, "global", "")]
    [InlineData(2, 2, 1, 0, "global", "")]
    // The larger level holds, and 3 answers for what 1 is silent about.
    [InlineData(1, 2, 3, 0, "global", "ArpIgnore")]
    [InlineData(1, 2, 3, 0, "host", "")]
    [InlineData(1, 2, 5, 0, "global", "ArpIgnore")]
    public async Task A_real_server_has_to_be_silent_where_it_hears(int all, int allAnnounce, int own, int ownAnnounce, string scope, string failing)
    {
        _server.AddAddress("lo", "192.0.2.10/32", scope, "lo:0");
        Set("all", all, allAnnounce);
        Set("eth0", own, ownAnnounce);
        LvsCheckResult[] results = await CheckAsync();
        Assert.Equal(["ArpIgnore", "ArpAnnounce"], results.Select(result => result.Check));
        Assert.Equal(failing, string.Join(' ', results.Where(result => result.Outcome == LvsCheckOutcome.Failed).Select(result => result.Check)));
        Assert.All(results, result => Assert.Equal(
            ("192.0.2.10", "fake", "blue", result.Outcome == LvsCheckOutcome.Failed), (result.Subject, result.HostName, result.NetworkNamespace, result.Remedy is not null)));
        Assert.Empty(_server.Changes);
    }

    [Theory]
    [InlineData(0, 0, 0, "Set-LvsArpPolicy all -Ignore TargetOnInterface mends it.", false)]
    [InlineData(0, 3, 0, "Set-LvsArpPolicy all, eth0 -Ignore TargetOnInterface mends it.", false)]
    [InlineData(3, 0, 1, "Set-LvsArpPolicy all -Ignore TargetOnInterface mends it.", true)]
    public async Task The_remedy_lowers_what_would_win_and_a_level_of_lo_is_called_useless(int all, int own, int lo, string remedy, bool mentionsLo)
    {
        _server.AddAddress("lo", "192.0.2.10/32", "global", "lo:0");
        Set("all", all, 2);
        Set("eth0", own, 0);
        Set("lo", lo, 0);
        LvsCheckResult failed = Assert.Single(await CheckAsync(), result => result.Outcome == LvsCheckOutcome.Failed);
        Assert.Equal((remedy, mentionsLo), (failed.Remedy, failed.Message.Contains("The level 1 of lo does nothing", StringComparison.Ordinal)));
        // And it does mend it.
        foreach (string name in remedy.Split(' ')[1..].TakeWhile(word => word[0] != '-').Select(word => word.TrimEnd(',')))
        {
            Set(name, 1, name == "all" ? 2 : 0);
        }

        Assert.All(await CheckAsync(), result => Assert.Equal(LvsCheckOutcome.Passed, result.Outcome));
    }

    [Fact]
    public async Task A_host_without_VIPs_is_asked_whether_it_could_hold_one()
    {
        _server.AddDevice("dummy0", up: true);
        Set("all", 1, 0);
        Assert.Equal(["eth0 ArpIgnore Passed", "eth0 ArpAnnounce Failed"], (await CheckAsync()).Select(Brief));
        Assert.Equal(["lo ArpIgnore NotChecked"], (await CheckAsync(new() { Interfaces = ["lo"] })).Select(Brief));
        _server.AddDevice("eth0", up: false);
        Assert.Equal(["fake ArpIgnore NotChecked"], (await CheckAsync()).Select(Brief));
    }

    [Theory]
    [InlineData("0", "0", "1", "Passed")]
    [InlineData("1", "0", "0", "Passed")]
    [InlineData("1", "0", "1", "Failed")]
    [InlineData("1", "1", "0", "Failed")]
    public async Task An_IPv6_VIP_is_silent_unless_the_host_is_a_proxy_for_it(string forwarding, string allProxies, string proxies, string outcome)
    {
        _server.AddAddress("lo", "2001:db8::10/128", "global");
        _answers["ip -6 -json neighbor show proxy"] = new(0, """[{"dst":"2001:db8::9","dev":"eth0","proxy":null},{"dst":"2001:db8::10","dev":"eth0","proxy":null}]""", "");
        _server.Host.Files["/proc/sys/net/ipv6/conf/eth0/forwarding"] = forwarding + "\n";
        _server.Host.Files["/proc/sys/net/ipv6/conf/all/proxy_ndp"] = allProxies + "\n";
        _server.Host.Files["/proc/sys/net/ipv6/conf/eth0/proxy_ndp"] = proxies + "\n";
        Assert.Equal([$"2001:db8::10 NeighbourSilence {outcome}"], (await CheckAsync()).Select(Brief));
        _answers["ip -6 -json neighbor show proxy"] = new(0, "[]", "");
        Assert.Equal(["2001:db8::10 NeighbourSilence Passed"], (await CheckAsync()).Select(Brief));
    }

    [Theory]
    [InlineData("", "Passed")]
    [InlineData($"Unicast reply from 192.0.2.10 [8E:27:4D:11:6A:97]  0.759ms\n", "Failed")]
    [InlineData($"Broadcast request from 192.0.2.10 [8E:27:4D:11:6A:97]  0.759ms\n", "Failed")]
    public async Task The_owner_asks_without_naming_itself_whether_others_answer(string answers, string outcome)
    {
        _server.AddAddress("eth0", "192.0.2.10/32", "global");
        _answers["arping -D -w 2 -I eth0 192.0.2.10"] = new(answers.Length == 0 ? 0 : 1, $"ARPING 192.0.2.10 from 0.0.0.0 eth0\n{answers}Sent 1 probes (1 broadcast(s))\nReceived 0 response(s)\n", "");
        LvsCheckResult result = Assert.Single(await CheckAsync(new() { Addresses = [LvsAddress.Parse("192.0.2.10")], TimeoutSeconds = 2 }));
        Assert.Equal($"192.0.2.10 SoleOwner {outcome}", Brief(result));
        Assert.Equal(answers.Length > 0, result.Message.Contains(RealServer, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", "Failed", "Nobody")]
    [InlineData(Director, "", "Passed", Director)]
    [InlineData(Director, "8E-3F-87-C3-87-9D", "Passed", "the director's")]
    [InlineData(Director, "8e3f.87c3.879d", "Passed", "the director's")]
    [InlineData(Director + " " + Director, Director, "Passed", "the director's")]
    [InlineData(RealServer, Director, "Failed", RealServer)]
    [InlineData(RealServer + " " + Director, Director, "Failed", $"Not the director's: {RealServer}")]
    [InlineData(RealServer + " " + Director, "", "Failed", RealServer)]
    public async Task From_outside_one_host_may_answer_and_it_has_to_be_the_director(string answering, string expected, string outcome, string words)
    {
        string replies = string.Concat(answering.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(mac => $"Unicast reply from 192.0.2.10 [{mac.ToUpperInvariant()}]  0.672ms\n"));
        _answers["arping -b -w 3 -I eth0 192.0.2.10"] = new(1, $"ARPING 192.0.2.10 from 192.0.2.21 eth0\n{replies}Sent 2 probes (2 broadcast(s))\nReceived 3 response(s)\n", "");
        _answers["ndisc6 -n -m -q -r 3 -w 1000 -- 2001:db8::10 eth0"] = new(answering.Length == 0 ? 2 : 0, answering.Replace(' ', '\n') + "\n", "");
        LvsCheckResult[] results = await CheckAsync(new() { Addresses = [LvsAddress.Parse("192.0.2.10"), LvsAddress.Parse("2001:db8::10")], MacAddresses = expected.Length == 0 ? [] : [expected] });
        Assert.Equal([$"192.0.2.10 SoleOwner {outcome}", $"2001:db8::10 SoleOwner {outcome}"], results.Select(Brief));
        Assert.All(results, result => Assert.Contains(words, result.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("203.0.113.10", "192.0.2.1")]
    [InlineData("198.51.100.10", "no route")]
    // No arping and no ndisc6 here.
    [InlineData("192.0.2.10", "no arping")]
    [InlineData("2001:db8::10", "no ndisc6")]
    public async Task What_cannot_be_seen_from_here_is_not_checked_and_says_why(string address, string words)
    {
        _answers.Remove("arping -V");
        LvsCheckResult result = Assert.Single(await CheckAsync(new() { Addresses = [LvsAddress.Parse(address)] }));
        Assert.Equal($"{address} SoleOwner NotChecked", Brief(result));
        Assert.Contains(words, result.Message, StringComparison.Ordinal);
        Assert.NotNull(result.Remedy);
    }

    [Theory]
    // Habets' arping, without an option -V; and iputils without rights.
    [InlineData(1, "", "arping: invalid option -- 'V'\nARPing 2.21, by Thomas Habets <thomas@habets.se>\n", "", "package iputils-arping")]
    [InlineData(0, "arping from iputils 20221126\n", "", "arping: socket: Operation not permitted\n", "CAP_NET_RAW")]
    [InlineData(1, "", "BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.\n", "arping: socket(AF_PACKET,2,0): Operation not permitted\n", "CAP_NET_RAW")]
    public async Task An_arping_that_cannot_be_used_is_named_with_what_helps(int exitCode, string output, string error, string failure, string remedy)
    {
        _answers["arping -V"] = new(exitCode, output, error);
        _answers["arping -b -w 3 -I eth0 192.0.2.10"] = new(2, "", failure);
        LvsCheckResult result = Assert.Single(await CheckAsync(new() { Addresses = [LvsAddress.Parse("192.0.2.10")] }));
        Assert.Equal(LvsCheckOutcome.NotChecked, result.Outcome);
        Assert.Contains(remedy, result.Remedy, StringComparison.Ordinal);
        Assert.Equal(failure.Length > 0, _server.Host.Log.Contains("arping -b -w 3 -I eth0 192.0.2.10"));
    }

    [Fact]
    public async Task A_local_route_makes_a_VIP_as_an_address_does()
    {
        _answers["ip -json route get 192.0.2.10"] = new(0, """[{"type":"local","dst":"192.0.2.10","dev":"lo","prefsrc":"192.0.2.10","flags":[]}]""", "");
        Assert.Equal(
            ["192.0.2.10 ArpIgnore Failed", "192.0.2.10 ArpAnnounce Failed"], (await CheckAsync(new() { Addresses = [LvsAddress.Parse("192.0.2.10")] })).Select(Brief));
    }

    [Fact]
    public async Task Named_interfaces_are_those_that_count()
    {
        _server.AddAddress("lo", "192.0.2.10/32", "global", "lo:0");
        Assert.Contains("Set-LvsArpPolicy eth0 -Ignore", (await CheckAsync(new() { Interfaces = ["eth0"] }))[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.10 ArpIgnore NotChecked"], (await CheckAsync(new() { Interfaces = ["lo"] })).Select(Brief));
        Assert.Equal(
            LvsHostError.InterfaceMissing, (await Assert.ThrowsAsync<LvsHostException>(async () => await CheckAsync(new() { Interfaces = ["eth7"] }))).Error);
    }

    [Theory]
    [InlineData("8e:3f:87:c3:87")]
    [InlineData("8g:3f:87:c3:87:9d")]
    public void A_MAC_address_has_six_bytes(string text) =>
        Assert.Equal("InvalidMacAddress", Assert.Throws<LvsValidationException>(() => new ArpPolicyCheckOptions { MacAddresses = [text] }).Id);

    private static string Brief(LvsCheckResult result) => $"{result.Subject} {result.Check} {result.Outcome}";

    private void Set(string name, int ignore, int announce)
    {
        _server.SetSetting(name, "arp_ignore", ignore);
        _server.SetSetting(name, "arp_announce", announce);
    }

    private async Task<LvsCheckResult[]> CheckAsync(ArpPolicyCheckOptions? options = null)
    {
        List<LvsCheckResult> results = [];
        await foreach (LvsCheckResult result in ArpPolicyChecks.CheckAsync(_server.Host, options ?? new(), Stop))
        {
            results.Add(result);
        }

        return [.. results];
    }
}
