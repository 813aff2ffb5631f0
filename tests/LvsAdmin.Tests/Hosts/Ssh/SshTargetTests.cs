using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Hosts.Ssh;

[Trait("Level", "Bytes")]
public sealed class SshTargetTests
{
    [Theory]
    [InlineData("rs1", null, "rs1", null)]
    [InlineData("root@rs1.example.org:2222", "root", "rs1.example.org", 2222)]
    [InlineData("192.0.2.21:22", null, "192.0.2.21", 22)]
    [InlineData("2001:db8::21", null, "2001:db8::21", null)]
    [InlineData("root@2001:db8::21", "root", "2001:db8::21", null)]
    [InlineData("[2001:db8::21]:2222", null, "2001:db8::21", 2222)]
    [InlineData("root@[fe80::1%eth0.5]:22", "root", "fe80::1%eth0.5", 22)]
    [InlineData("fe80::1%eth0", null, "fe80::1%eth0", null)]
    [InlineData("admin@example.org@rs_1", "admin@example.org", "rs_1", null)]
    public void Texts_are_read_and_written_back(string text, string? user, string host, int? port)
    {
        SshTarget target = SshTarget.Parse(text);
        Assert.Equal((user, host, port), (target.UserName, target.Host, target.Port));
        Assert.Equal(text, target.ToString());
        Assert.Equal(target, SshTarget.Parse(target.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-oProxyCommand=id")]
    [InlineData("rs1;id")]
    [InlineData("rs1 id")]
    [InlineData("rs1\n")]
    [InlineData("rs1\0")]
    [InlineData("$(id)")]
    [InlineData("`id`")]
    [InlineData("rs%h")]
    [InlineData("rs1:")]
    [InlineData("rs1:ssh")]
    [InlineData("rs1:+22")]
    [InlineData("[rs1]:22")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]22")]
    [InlineData("[[::1]]")]
    [InlineData("2001:db8:::1")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%a;b")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.400")]
    [InlineData("rs1/..")]
    public void What_names_no_host_is_refused(string text) => Refused("InvalidHostName", () => SshTarget.Parse(text));

    [Theory]
    [InlineData("-l")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("$(id)")]
    [InlineData("a;b")]
    [InlineData("%u")]
    [InlineData("a\nb")]
    [InlineData("a'b")]
    [InlineData("a\\b")]
    public void A_user_that_a_shell_or_ssh_would_read_is_refused(string user)
    {
        Refused("InvalidUserName", () => new SshTarget("rs1") { UserName = user });
        Refused("InvalidUserName", () => SshTarget.Parse($"{user}@rs1"));
    }

    [Fact]
    public void Ports_times_and_keys_have_their_bounds()
    {
        Refused("InvalidHostPort", () => new SshTarget("rs1") { Port = 0 });
        Refused("InvalidHostPort", () => SshTarget.Parse("rs1:65536"));
        Refused("InvalidConnectingTimeout", () => new SshTarget("rs1") { ConnectingTimeout = TimeSpan.Zero });
        Refused("InvalidConnectingTimeout", () => new SshTarget("rs1") { ConnectingTimeout = TimeSpan.FromDays(2) });
        Refused("InvalidKeyFilePath", () => new SshTarget("rs1") { KeyFilePath = "" });
        Refused("InvalidKeyFilePath", () => new SshTarget("rs1") { KeyFilePath = "a\nb" });
        Refused("InvalidKeyFilePath", () => new SshTarget("rs1") { KeyFilePath = "/keys/${HOME}" });
    }

    [Theory]
    [InlineData("StrictHostKeyChecking", "no")]
    [InlineData("stricthostkeychecking", "Off")]
    [InlineData("StrictHostKeyChecking", "\"no\"")]
    [InlineData("NoHostAuthenticationForLocalhost", "yes")]
    [InlineData("BatchMode", "no")]
    [InlineData("REQUESTTTY", "force")]
    [InlineData("RemoteCommand", "id")]
    [InlineData("LocalCommand", "id")]
    [InlineData("SessionType", "none")]
    [InlineData("-oX", "y")]
    [InlineData("A B", "y")]
    [InlineData("", "y")]
    [InlineData("Ciphers", "a\nProxyCommand id")]
    [InlineData("Ciphers", "a\0")]
    public void Options_that_would_change_what_is_needed_are_refused(string name, string value) =>
        Refused("InvalidSshOption", () => new SshTarget("rs1") { Options = new Dictionary<string, string> { [name] = value } });

    [Fact]
    public void Keys_are_never_all_accepted_and_forgotten() => Refused(
        "InvalidSshOption",
        () => new SshTarget("rs1") { Options = new Dictionary<string, string> { ["StrictHostKeyChecking"] = "accept-new", ["UserKnownHostsFile"] = "/dev/null" } });

    [Fact]
    public void Equal_targets_are_equal_whatever_the_case_and_order_of_their_options()
    {
        SshTarget one = SshTarget.Parse("root@rs1:22") with { Options = new Dictionary<string, string> { ["Compression"] = "yes", ["ciphers"] = "x" } };
        SshTarget same = SshTarget.Parse("root@rs1:22") with { Options = new Dictionary<string, string> { ["Ciphers"] = "x", ["compression"] = "yes" } };
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        SshTarget[] others =
        [
            one with { UserName = "admin" }, one with { Port = 23 }, one with { Sudo = true }, one with { KeyFilePath = "k" }, one with { ConnectingTimeout = TimeSpan.FromSeconds(3) },
            one with { Options = new Dictionary<string, string> { ["Ciphers"] = "y", ["compression"] = "yes" } }, one with { Options = new Dictionary<string, string>() },
        ];
        Assert.All(others, other => Assert.NotEqual(one, other));
    }

    [Fact]
    public void Ranges_and_lists_are_written_out_duplicates_merged_and_comments_passed_over()
    {
        string[] texts = ["# the farm", "rs[08-10]", "", " rs09  # again", "[2001:db8::1]:22", "root@r[1,3-4]n[1-2].example.org:2222", "lb1", "[2001:db8::1]:22"];
        Assert.Equal(
            [
                "rs08", "rs09", "rs10", "[2001:db8::1]:22",
                "root@r1n1.example.org:2222", "root@r1n2.example.org:2222", "root@r3n1.example.org:2222", "root@r3n2.example.org:2222", "root@r4n1.example.org:2222", "root@r4n2.example.org:2222",
                "lb1",
            ],
            HostNames.Expand(texts).Select(target => target.ToString()));
        Assert.Equal(1000, HostNames.Expand(["rs[0001-1000]"]).Count);
        Assert.Equal("rs0999", HostNames.Expand(["rs[0001-1000]"])[998].Host);
        Assert.Equal("rs8", HostNames.Expand(["rs[8-10]"])[0].Host);
    }

    [Theory]
    [InlineData("rs[1-")]
    [InlineData("rs[]")]
    [InlineData("rs[5-1]")]
    [InlineData("rs[a-c]")]
    [InlineData("rs[1-2-3]")]
    [InlineData("rs[1,]")]
    [InlineData("rs[-1]")]
    [InlineData("rs[1-99999999]")]
    [InlineData("rs[1-60000][1-2]")]
    [InlineData("rs[1-99999999999999999999]")]
    [InlineData("rs1]")]
    public void Ranges_that_are_none_or_too_many_are_refused(string text) => Refused("InvalidHostName", () => HostNames.Expand([text]));

    private static void Refused(string id, Func<object> action) => Assert.Equal(id, Assert.Throws<LvsValidationException>(() => _ = action()).Id);
}
