using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Diagnosis;

/// <summary>What a firewall drops for certain, read from what iptables-save and nft print.</summary>
[Trait("Level", "Bytes")]
public sealed class FirewallTests
{
    private static readonly FirewallPacket Asking = new("input", LvsAddressFamily.IPv4, "tcp")
    {
        In = "eth0",
        Source = LvsAddress.Parse("198.51.100.100"),
        Destination = LvsAddress.Parse("192.0.2.10"),
        DestinationPort = 80,
        State = "new",
    };

    [Theory]
    [InlineData("", false)]
    [InlineData("[12:720] -A INPUT -p tcp -m tcp --dport 80 -j DROP", true)]
    [InlineData("[12:720] -A INPUT -p tcp -m tcp --dport 81 -j DROP", false)]
    [InlineData("[12:720] -A INPUT -p udp -m udp --dport 80 -j DROP", false)]
    [InlineData("-A INPUT -d 192.0.2.10/32 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable", true)]
    [InlineData("-A INPUT -d 192.0.2.11/32 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable", false)]
    [InlineData("-A INPUT -s 198.51.100.0/24 -j DROP", true)]
    [InlineData("-A INPUT ! -s 198.51.100.0/24 -j DROP", false)]
    [InlineData("-A INPUT -i eth+ -p tcp -m multiport --dports 22,80:90 -j DROP", true)]
    [InlineData("-A INPUT -i eth1 -j DROP", false)]
    [InlineData("-A INPUT -o eth0 -j DROP", false)]
    [InlineData("-A INPUT -m conntrack --ctstate INVALID -j DROP", false)]
    [InlineData("-A INPUT -m conntrack --ctstate NEW,INVALID -j DROP", true)]
    // What comes before it may let the packet pass: then nothing is certain.
    [InlineData("-A INPUT -m set --match-set friends src -j ACCEPT\n-A INPUT -j DROP", false)]
    [InlineData("-A INPUT -m limit --limit 5/sec -j DROP", false)]
    [InlineData("-A INPUT -m comment --comment \"no -j DROP here\" -j ACCEPT\n-A INPUT -j DROP", false)]
    [InlineData("-A INPUT -j LOG --log-prefix \"in: \" --log-level 4\n-A INPUT -j DROP", true)]
    [InlineData("-A INPUT -j web\n-A web -p tcp -m tcp --dport 80 -j RETURN\n-A web -j DROP", false)]
    [InlineData("-A INPUT -j web\n-A web -p tcp -m tcp --dport 80 -j DROP", true)]
    [InlineData("-A INPUT -p tcp -m tcp --sport 1024:65535 -j DROP", false)]
    public void A_rule_of_iptables_drops_what_it_surely_matches(string rules, bool drops)
    {
        Firewall firewall = new();
        IptablesRules.Read(firewall, $"# Generated\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:web - [0:0]\n{rules}\nCOMMIT\n", LvsAddressFamily.IPv4);
        Assert.Equal(drops, firewall.Drops(Asking) is not null);
    }

    [Fact]
    public void A_policy_drops_what_no_rule_decides()
    {
        Firewall firewall = new();
        IptablesRules.Read(firewall, "*filter\n:INPUT DROP [3:180]\n[0:0] -A INPUT -p tcp -m tcp --dport 443 -j ACCEPT\nCOMMIT\n", LvsAddressFamily.IPv4);
        Assert.Equal("policy drop of INPUT of ip filter", firewall.Drops(Asking));
        Assert.Null(firewall.Drops(Asking with { DestinationPort = 443 }));
        Assert.Null(firewall.Drops(Asking with { Hook = "forward" }));
        Assert.Null(firewall.Drops(new FirewallPacket("input", LvsAddressFamily.IPv6, "tcp")));
    }

    [Fact]
    public void The_rule_and_its_count_are_told()
    {
        Firewall firewall = new();
        IptablesRules.Read(firewall, "*filter\n:INPUT ACCEPT [3:180]\n[12:720] -A INPUT -p tcp -m tcp --dport 80 -j DROP\nCOMMIT\n", LvsAddressFamily.IPv4);
        Assert.Equal("INPUT of ip filter: -p tcp -m tcp --dport 80 -j DROP (12 packets)", firewall.Drops(Asking));
    }

    [Theory]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":80}},{"counter":{"packets":7,"bytes":420}},{"drop":null}""", true)]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[22,{"range":[70,90]}]}}},{"reject":{"type":"tcp reset"}}""", true)]
    [InlineData("""{"match":{"op":"!=","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":80}},{"drop":null}""", false)]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"udp","field":"dport"}},"right":80}},{"drop":null}""", false)]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":{"prefix":{"addr":"198.51.100.0","len":24}}}},{"drop":null}""", true)]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"ip6","field":"saddr"}},"right":{"prefix":{"addr":"2001:db8::","len":32}}}},{"drop":null}""", false)]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"@bad"}},{"drop":null}""", false)]
    [InlineData("""{"match":{"op":"==","left":{"meta":{"key":"iifname"}},"right":"eth0"}},{"drop":null}""", true)]
    [InlineData("""{"match":{"op":"in","left":{"ct":{"key":"state"}},"right":["established","related"]}},{"drop":null}""", false)]
    [InlineData("""{"limit":{"rate":5,"per":"second"}},{"drop":null}""", false)]
    [InlineData("""{"jump":{"target":"web"}}""", true)]
    [InlineData("""{"xt":null},{"drop":null}""", false)]
    public void A_rule_of_nft_drops_what_it_surely_matches(string statements, bool drops)
    {
        Firewall firewall = new();
        NftRules.Read(firewall, Ruleset("accept", statements));
        Assert.Equal(drops, firewall.Drops(Asking) is not null);
    }

    [Theory]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":80}},{"accept":null}""", false)]
    [InlineData("""{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":443}},{"accept":null}""", true)]
    // A map of verdicts may accept it.
    [InlineData("""{"vmap":{"key":{"payload":{"protocol":"tcp","field":"dport"}},"data":{"set":[[80,{"accept":null}]]}}}""", false)]
    public void A_policy_of_nft_drops_only_what_no_rule_may_accept(string statements, bool drops)
    {
        Firewall firewall = new();
        NftRules.Read(firewall, Ruleset("drop", statements));
        Assert.Equal(drops, firewall.Drops(Asking) is not null);
    }

    private static string Ruleset(string policy, string statements) => $$$"""
        {"nftables":[{"metainfo":{"version":"1.0.6","json_schema_version":1}},{"table":{"family":"inet","name":"t","handle":1}},
        {"chain":{"family":"inet","table":"t","name":"in","handle":1,"type":"filter","hook":"input","prio":0,"policy":"{{{policy}}}"}},
        {"chain":{"family":"inet","table":"t","name":"web","handle":2}},
        {"rule":{"family":"inet","table":"t","chain":"in","handle":3,"expr":[{{{statements}}}]}},
        {"rule":{"family":"inet","table":"t","chain":"web","handle":4,"expr":[{"match":{"op":"==","left":{"meta":{"key":"l4proto"}},"right":"tcp"}},{"drop":null}]}}]}
        """;
}
