using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

public sealed class IpvsadmTextTests
{
    private static readonly TextNames Names = new()
    {
        Host = (name, family) => (name, family) switch
        {
            ("www.example.com", LvsAddressFamily.IPv4) => LvsAddress.Parse("192.0.2.10"),
            ("www.example.com", LvsAddressFamily.IPv6) => LvsAddress.Parse("2001:db8::10"),
            _ => null,
        },
        Port = TextNames.ServicesFile("http\t\t80/tcp\t\twww # WorldWideWeb\ndomain 53/udp\ndiameter 3868/sctp\n\n# 1/tcp\n"),
    };

    [Theory]
    [InlineData("-A -t 192.0.2.10:80", "-A -t 192.0.2.10:80 -s wlc")]
    [InlineData("ipvsadm --add-service --tcp-service=192.0.2.10:80 --scheduler rr\r", "-A -t 192.0.2.10:80 -s rr")]
    [InlineData("-At192.0.2.10:80 -srr", "-A -t 192.0.2.10:80 -s rr")]
    [InlineData("-A -t=192.0.2.10:80 -s=rr", "-A -t 192.0.2.10:80 -s rr")]
    [InlineData("-A -p -u 192.0.2.10:53 -o", "-A -u 192.0.2.10:53 -s wlc -p 360 -o")]
    [InlineData("-A -u 192.0.2.10:53 -p", "-A -u 192.0.2.10:53 -s wlc -p 360")]
    [InlineData("-A -op600 -u 192.0.2.10:53", "-A -u 192.0.2.10:53 -s wlc -p 600 -o")]
    [InlineData("-A --persistent=600 -t 192.0.2.10:0 -M 255.255.255.0", "-A -t 192.0.2.10:0 -s wlc -p 600 -M 255.255.255.0")]
    [InlineData("-A -t 192.0.2.10 -p 600 -M 255.0.255.0", "-A -t 192.0.2.10:0 -s wlc -p 600 -M 255.0.255.0")]
    [InlineData("-A -t [2001:db8::10]:443 -p 10 -M 64", "-A -t [2001:db8::10]:443 -s wlc -p 10 -M 64")]
    [InlineData("-A -t 2001:DB8::10 -p 10", "-A -t [2001:db8::10]:0 -s wlc -p 10")]
    [InlineData("-A -M 255.255.255.0 -t [2001:db8::10]:443 -p 10", "-A -t [2001:db8::10]:443 -s wlc -p 10")]
    [InlineData("-A -f 7 -6 -s mh -b mh-port,mh-fallback", "-A -f 7 -6 -s mh -b mh-fallback,mh-port")]
    [InlineData("-A -f -1", "-A -f 4294967295 -s wlc")]
    [InlineData("-A --fwmark-service 7 --sched-flags flag-2", "-A -f 7 -s wlc -b flag-2")]
    [InlineData("-A -u 192.0.2.10:5060 -p 60 --pe sip", "-A -u 192.0.2.10:5060 -s wlc -p 60 --pe sip")]
    [InlineData("-A -t www.example.com:http", "-A -t 192.0.2.10:80 -s wlc")]
    [InlineData("-A -t [www.example.com]:www", "-A -t [2001:db8::10]:80 -s wlc")]
    [InlineData("-A -u www.example.com:domain", "-A -u 192.0.2.10:53 -s wlc")]
    [InlineData("-A --sctp-service 192.0.2.10:diameter", "-A --sctp-service 192.0.2.10:3868 -s wlc")]
    public void A_service_is_read_as_ipvsadm_reads_it(string line, string expected) => Assert.Equal(expected + "\n", Rewrite(line));

    [Theory]
    [InlineData("-r 192.0.2.21", "-r 192.0.2.21:80 -g -w 1")]
    [InlineData("-r 192.0.2.21:80 -w 0 -x 10 -y 5", "-r 192.0.2.21:80 -g -w 0 -x 10 -y 5")]
    [InlineData("-r192.0.2.21:8080 -mw5", "-r 192.0.2.21:8080 -m -w 5")]
    [InlineData("--real-server www.example.com:www --masquerading --weight=+5", "-r 192.0.2.10:80 -m -w 5")]
    [InlineData("-r 192.0.2.21 -i", "-r 192.0.2.21:80 -i -w 1 --tun-type ipip")]
    [InlineData("-r 192.0.2.21 -i --tun-type gue --tun-port 6080", "-r 192.0.2.21:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum")]
    [InlineData("-r [2001:db8::21]:80 --ipip --tun-type=gre --tun-csum", "-r [2001:db8::21]:80 -i -w 1 --tun-type gre --tun-csum")]
    public void A_server_is_read_as_ipvsadm_reads_it(string options, string expected) => Assert.Equal(
        $"-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 {expected}\n", Rewrite($"-A -t 192.0.2.10:80\n-a -t 192.0.2.10:80 {options}"));

    [Fact]
    public void Later_commands_change_what_earlier_ones_made() => Assert.Equal(
        """
        -A -t 192.0.2.10:80 -s sh
        -a -t 192.0.2.10:80 -r 192.0.2.22:80 -m -w 1
        --set 900 0 300
        --start-daemon backup --mcast-interface eth1 --syncid 5 --sync-maxlen 1400 --mcast-group ff05::81 --mcast-port 9000 --mcast-ttl 3

        """,
        Rewrite("""
            # Written by hand.
            -A -t 192.0.2.99:80
            -C

            -A -t 192.0.2.10:80 -s rr -p 100
            -A -t 192.0.2.11:80
            -a -t 192.0.2.10:80 -r 192.0.2.21:80
            -a -t 192.0.2.10:80 -r 192.0.2.22:80 -w 9 -x 100
            -e -t 192.0.2.10:80 -r 192.0.2.22:80 -m
            -d -t 192.0.2.10:80 -r 192.0.2.21:80
            -E -t 192.0.2.10:80 -s sh
            -D -t 192.0.2.11:80
            --set 900 0 0
            --set 0 0 300
            --start-daemon master
            --start-daemon=backup --mcast-interface eth1 --syncid 5 --sync-maxlen 1400 --mcast-group ff05::81 --mcast-port 9000 --mcast-ttl 3
            --stop-daemon master
            """));

    [Theory]
    [InlineData("-X")]
    [InlineData("-A")]
    [InlineData("foo")]
    [InlineData("-A -t 192.0.2.10:80 foo")]
    [InlineData("-A -t 192.0.2.10:80 # foo")]
    [InlineData("-A -t 192.0.2.10:80 -t 192.0.2.11:80")]
    [InlineData("-A -t 192.0.2.10:80 -f 7")]
    [InlineData("-A -t 192.0.2.10:80 -w 1")]
    [InlineData("-A -t 192.0.2.10:80 -n")]
    [InlineData("-A -t 192.0.2.10:80 --ops=1")]
    [InlineData("-A -t 192.0.2.10:80 -s")]
    [InlineData("-A -t 192.0.2.10:80 -b sh-port")]
    [InlineData("-A -t 192.0.2.10:80 -s sh -b none")]
    [InlineData("-A -t 192.0.2.10:80 -p 0")]
    [InlineData("-A -t 192.0.2.10:80 -p x")]
    [InlineData("-A -t 192.0.2.10:80 -o", "OnePacketNeedsUdp")]
    [InlineData("-A -t 192.0.2.10", "PortZeroNeedsPersistence")]
    [InlineData("-A -t 192.0.2.010:80")]
    [InlineData("-A -t 80")]
    [InlineData("-A -t 192.0.2.10:65536")]
    [InlineData("-A -t [2001:db8::10]")]
    [InlineData("-A -t nowhere.example.com:80", "NameNotResolved")]
    [InlineData("-A -t 192.0.2.10:nothing", "NameNotResolved")]
    [InlineData("-A -6 -f 7")]
    [InlineData("-A -f 0")]
    [InlineData("-A -f 4294967296")]
    [InlineData("-A -t 192.0.2.10:81")]
    [InlineData("-E -t 192.0.2.10:80")]
    [InlineData("-D -t 192.0.2.10:80")]
    [InlineData("-a -t 192.0.2.10:80 -r 192.0.2.21")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.20")]
    [InlineData("-e -t 192.0.2.10:81 -r 192.0.2.21")]
    [InlineData("-d -t 192.0.2.10:81 -r 192.0.2.21")]
    [InlineData("-a -t 192.0.2.10:81")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -w -1")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -g -m")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -x 1 -y 2", "ThresholdsCrossed")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 --tun-type ipip")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -i --tun-type vxlan")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -i --tun-type gue", "TunnelPortMissing")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -i --tun-csum")]
    [InlineData("-a -t 192.0.2.10:81 -r 192.0.2.21 -i --tun-type gre --tun-csum --tun-nocsum")]
    [InlineData("-a -t 192.0.2.10:81 -r 2001:db8::21", "MixedFamilyNeedsTunnel")]
    [InlineData("-a -t 192.0.2.10:81 -r 224.0.0.1")]
    [InlineData("--set 1 2")]
    [InlineData("--set 1 2 3 4")]
    [InlineData("--start-daemon foo")]
    [InlineData("--start-daemon master --mcast-group 192.0.2.1", "GroupNotMulticast")]
    [InlineData("--start-daemon master --mcast-ttl 0")]
    [InlineData("--stop-daemon master")]
    [InlineData("-R")]
    public void What_ipvsadm_refuses_is_refused_with_its_line(string line, string id = "IpvsadmRuleInvalid")
    {
        const string before = "-A -t 192.0.2.10:81\n-a -t 192.0.2.10:81 -r 192.0.2.20\n\n";
        LvsConfigurationException error = Assert.Throws<LvsConfigurationException>(() => IpvsadmText.Read(before + line, "rules", Names));
        Assert.Equal((id, "rules", 4), (error.Id, error.Source, error.Line));
    }

    [Fact]
    public void What_is_left_out_when_reading_is_noted()
    {
        ConfigurationReading reading = IpvsadmText.Read("""
            -C
            -A -t 192.0.2.10:80 -M 255.255.255.0 --pe sip
            -a -t 192.0.2.10:80 -r 192.0.2.21:8080 -g
            -Z
            """);
        Assert.Equal("-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1\n", IpvsadmText.Write(reading.Configuration).Text);
        Assert.Equal([1, 2, 3, 4], reading.Notes.Select(note => note.Line));
    }

    [Fact]
    public void Random_tables_come_back_without_a_note() => RoundTrips.Exact(
        random => RandomConfigurations.Table(random, mixed: false) with
        {
            Timeout = RandomConfigurations.Chance(random) ? RandomConfigurations.Timeout(random) : null,
            SyncDaemons = RandomConfigurations.Daemons(random) is { Count: > 0 } daemons ? daemons : null,
        },
        IpvsadmText.Write,
        text => IpvsadmText.Read(text));

    [Fact]
    public void What_does_not_come_back_has_a_note() => RoundTrips.NothingLostInSilence(IpvsadmText.Write, text => IpvsadmText.Read(text));

    [Fact]
    public void Any_text_gives_a_value_or_an_error_of_its_own() => RoundTrips.Fuzz(
        text => IpvsadmText.Read(text, null, Names),
        random => IpvsadmText.Write(RandomConfigurations.Table(random)).Text,
        ["-A", "-a", "-e", "-t", "-p", "-6", "-r", "-f", "--set", "--start-daemon", "192.0.2.10:80", "[2001:db8::1]:0", "-1", "4294967296", "=", "-", "--", "ipvsadm", "#"]);

    private static string Rewrite(string text)
    {
        ConfigurationWriting writing = IpvsadmText.Write(IpvsadmText.Read(text, "rules", Names).Configuration);
        Assert.Empty(writing.Notes);
        return writing.Text;
    }
}
