using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>What hosts on a link really answer, and what our cmdlets say of it.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class ArpPolicyTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>
{
    private const string Vip = "192.0.2.60";
    private const string Vip6 = "2001:db8::60";
    private const int Tries = 50;

    private static readonly int[] Levels = [0, 1, 2, 3, 8];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Only_with_the_policy_is_the_director_the_one_that_is_learned_and_every_role_sees_it()
    {
        NamespaceThread.RequireIpvs();
        string director = Mac("director");
        string[] servers = [Mac("rs1"), Mac("rs2")];
        Topology.RunIn("director", "sh", "-c", $"ip address add {Vip}/32 dev eth0; ip address add {Vip6}/128 dev eth0 nodad preferred_lft 0");
        try
        {
            foreach (string server in new[] { "rs1", "rs2" })
            {
                cmdlets.Succeed(server, "Set-LvsArpPolicy -Ignore 1 -Announce 2");
                Topology.RunIn(server, "sh", "-c", $"ip address add {Vip}/32 dev lo; ip address add {Vip6}/128 dev lo nodad preferred_lft 0");
            }

            Assert.Equal([director], Learned().Distinct());
            string[] all = ["ArpAnnounce Passed", "ArpIgnore Passed", "NeighbourSilence Passed"];
            Assert.Equal(all, Check("rs1", "").Select(Brief).Order());
            Assert.Equal(["SoleOwner Passed", "SoleOwner Passed"], Check("director", $"{Vip}, {Vip6}").Select(Brief));
            Assert.Equal(["SoleOwner Passed", "SoleOwner Passed"], Check("client", $"{Vip}, {Vip6} -MacAddress {director.Replace(':', '-')}").Select(Brief));
            Assert.Equal([true], cmdlets.Succeed("client", $"'{Vip}', '{Vip}' | Test-LvsArpPolicy -TimeoutSeconds 1 -MacAddress {director} -Quiet").Select(answer => answer.BaseObject));

            // Now one of them lacks it.
            cmdlets.Succeed("rs2", "Reset-LvsArpPolicy -WarningAction Ignore");
            Topology.RunIn("director", "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "5ms");
            Assert.Contains(servers[1], Learned());
            Assert.Equal(["ArpAnnounce Failed", "ArpIgnore Failed", "NeighbourSilence Passed"], Check("rs2", "").Select(Brief).Order());
            Assert.Equal(all, Check("rs1", "").Select(Brief).Order());
            LvsCheckResult seen = Assert.Single(Check("director", Vip));
            Assert.Equal("SoleOwner Failed", Brief(seen));
            Assert.Contains(servers[1], seen.Message, StringComparison.Ordinal);
            seen = Assert.Single(Check("client", $"{Vip} -MacAddress {director}"));
            Assert.Equal("SoleOwner Failed", Brief(seen));
            Assert.Contains($"Not the director's: {servers[1]}", seen.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(servers[0], seen.Message, StringComparison.Ordinal);
        }
        finally
        {
            Topology.RunIn("director", "sh", "-c", $"tc qdisc delete dev eth0 root; ip address delete {Vip}/32 dev eth0; ip address delete {Vip6}/128 dev eth0");
            foreach (string server in new[] { "rs1", "rs2" })
            {
                Topology.RunIn(server, "sh", "-c", $"ip address delete {Vip}/32 dev lo; ip address delete {Vip6}/128 dev lo");
                cmdlets.Succeed(server, "Reset-LvsArpPolicy");
            }
        }
    }

    [Fact]
    public async Task The_effective_level_tells_what_is_really_answered()
    {
        NamespaceThread.RequireIpvs();
        (int All, int Own)[] combinations = [.. Levels.SelectMany(_ => Levels, (all, own) => (all, own))];
        // Addresses of its own for each combination, so that no neighbour has to be forgotten.
        string[] addresses = [.. combinations.Select((_, index) => $"10.99.{index}")];
        Topology.RunIn("rs1", "sh", "-c", $"for a in {string.Join(' ', addresses)}; do echo address add $a.1/32 dev lo scope global; echo address add $a.2/32 dev lo scope host; done | ip -batch -");
        Topology.RunIn("client", "ip", "route", "add", "10.99.0.0/16", "dev", "eth0");
        List<string> wrong = [];
        try
        {
            await using Core.Hosts.LocalHost host = new("rs1");
            foreach ((int index, (int all, int own)) in combinations.Index())
            {
                await host.WriteFileAsync("/proc/sys/net/ipv4/conf/all/arp_ignore", $"{all}", null, Stop);
                await host.WriteFileAsync("/proc/sys/net/ipv4/conf/eth0/arp_ignore", $"{own}", null, Stop);
                LvsArpPolicy policy = (await ArpPolicies.GetAsync(host, null, Stop)).Single(policy => policy.Interface == "eth0");
                bool[] judged = [RealServerState.Answers(policy.EffectiveIgnore, "global"), RealServerState.Answers(policy.EffectiveIgnore, "host")];
                string[] asked = [$"{addresses[index]}.1", $"{addresses[index]}.2"];
                Dictionary<string, string> learned = Topology.InNamespace(
                    "client", () => NeighbourTable.Resolve(asked, judged.Count(answers => answers), TimeSpan.FromMilliseconds(60)));
                bool[] answered = [.. asked.Select(learned.ContainsKey)];
                if (!judged.SequenceEqual(answered) || (int)policy.EffectiveIgnore != Math.Max(all, own))
                {
                    wrong.Add($"all {all}, eth0 {own}: judged {string.Join('/', judged)} by {policy.EffectiveIgnore}, answered {string.Join('/', answered)}");
                }
            }
        }
        finally
        {
            Topology.RunIn("client", "ip", "route", "delete", "10.99.0.0/16", "dev", "eth0");
            Topology.RunIn("rs1", "sh", "-c", $"echo 0 >/proc/sys/net/ipv4/conf/all/arp_ignore; echo 0 >/proc/sys/net/ipv4/conf/eth0/arp_ignore; for a in {string.Join(' ', addresses)}; do echo address delete $a.1/32 dev lo; echo address delete $a.2/32 dev lo; done | ip -batch -");
        }

        Assert.Empty(wrong);
    }

    /// <summary>What the client learns of the VIP when it has forgotten it, each time anew.</summary>
    private static string[] Learned() => Topology.InNamespace("client", () =>
    {
        string[] learned = new string[Tries];
        for (int index = 0; index < Tries; index++)
        {
            NeighbourTable.Forget("eth0", Vip);
            learned[index] = NeighbourTable.Resolve([Vip], 1, TimeSpan.Zero).GetValueOrDefault(Vip, "nothing");
        }

        return learned;
    });

    private static string Mac(string host) => Topology.RunIn(host, "cat", "/sys/class/net/eth0/address").Trim();

    private static string Brief(LvsCheckResult result) => $"{result.Check} {result.Outcome}";

    private IEnumerable<LvsCheckResult> Check(string host, string arguments) =>
        [.. cmdlets.Succeed(host, $"Test-LvsArpPolicy {arguments} -TimeoutSeconds 1").Select(result => (LvsCheckResult)result.BaseObject)];
}
