using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

public sealed class KeepalivedTextTests
{
    [Fact]
    public void A_virtual_server_is_read_with_what_keepalived_adds()
    {
        ConfigurationReading reading = KeepalivedText.Read("""
            ! A comment
            global_defs { lvs_timeouts tcp 900 udp 300 }
            virtual_server 192.0.2.10 443
            {
                delay_loop 5.5 # seconds
                retry 2
                lb_algo sh
                sh-port
                lb_kind NAT
                persistence_timeout
                persistence_granularity 255.255.255.0
                protocol TCP
                quorum 2
                virtualhost www.example.com
                sorry_server 198.51.100.9 80
                real_server 198.51.100.1 { weight 3
                    uthreshold 100
                    lthreshold 50
                    SSL_GET { url { path "/a b"
                        status_code 200-202 404
                        regex "it \"works\" #1"
                        digest 640205b7b0fc66c1ea91c463fac6334d }
                        connect_ip 198.51.100.101
                        connect_port 8443
                        connect_timeout 3
                        delay_before_retry 0.5
                    }
                }
                real_server 198.51.100.2 8443 {
                    lvs_method TUN type gue port 6080 csum
                    MISC_CHECK {
                        misc_path "/bin/check 'a b' c"
                        misc_timeout 4
                        retry 7
                    }
                }
            }
            """);
        ServiceConfiguration service = Assert.Single(reading.Configuration.VirtualServices);
        Assert.Equal(
            new VirtualServiceSettings
            {
                VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:443"),
                Scheduler = "sh",
                SchedulerFlags = LvsSchedulerFlags.Parse("sh-port"),
                PersistenceTimeout = 360,
                PersistencePrefixLength = 24,
            },
            service.Settings);
        Assert.Equal((2u, "198.51.100.9:80"), (service.Quorum!.Value, service.SorryServer!.RealServer.ToString()));
        Assert.Equal(new LvsTimeout { Tcp = 900, Udp = 300 }, reading.Configuration.Timeout);
        Assert.Equal(
            [
                new RealServerSettings { RealServer = LvsServerId.Parse("198.51.100.1:443"), Forwarding = LvsForwardingMethod.Nat, Weight = 3, UpperThreshold = 100, LowerThreshold = 50 },
                new RealServerSettings
                {
                    RealServer = LvsServerId.Parse("198.51.100.2:443"),
                    Forwarding = LvsForwardingMethod.Tunnel,
                    TunnelType = LvsTunnelType.Gue,
                    TunnelPort = 6080,
                    TunnelChecksum = LvsTunnelChecksum.Checksum,
                },
            ],
            service.RealServers!.Select(server => server.Settings));
        Assert.Equal(
            ConfigurationDump.Check(new HealthCheckSettings
            {
                Kind = HealthCheckKind.Https,
                Address = LvsAddress.Parse("198.51.100.101"),
                Port = 8443,
                Interval = 5.5,
                Timeout = 3,
                Retries = 2,
                RetryDelay = 0.5,
                Path = "/a b",
                VirtualHost = "www.example.com",
                Status = [200, 201, 202, 404],
                Pattern = "it \"works\" #1",
                Digest = "640205b7b0fc66c1ea91c463fac6334d",
            }),
            ConfigurationDump.Check(service.RealServers![0].HealthCheck));
        Assert.Equal(
            ConfigurationDump.Check(new HealthCheckSettings { Kind = HealthCheckKind.Script, Interval = 5.5, Timeout = 4, Retries = 7, Command = "/bin/check 'a b' c" }),
            ConfigurationDump.Check(service.RealServers[1].HealthCheck));
        Assert.Equal("Port 8443", Assert.Single(reading.Notes).Message[..9]);
    }

    [Fact]
    public void Groups_become_a_service_an_address_and_a_mark() => Assert.Equal(
        [
            "tcp/192.0.2.1:80", "tcp/192.0.2.2:80", "tcp/192.0.2.3:80", "tcp/192.0.2.254:81", "tcp/192.0.2.255:81", "tcp/192.0.3.0:81", "tcp/192.0.2.64:82", "tcp/192.0.2.65:82",
            "fwmark/7", "tcp/[2001:db8::9]:80", "tcp/[2001:db8::a]:80",
        ],
        Ids("""
            virtual_server group web {
                protocol TCP
                lvs_sched rr
                real_server 198.51.100.1 80 { lvs_method TUN }
            }
            virtual_server_group web {
                192.0.2.1-3 80
                192.0.2.254-192.0.3.0 81
                192.0.2.64/31 82
                fwmark 7
                2001:db8::9-a 80
            }
            """));

    [Theory]
    [InlineData("fwmark 7 {\n real_server 198.51.100.1 {\n}", "fwmark/7")]
    [InlineData("fwmark 7 {\n lvs_method DR\n real_server 2001:db8::1 {\n}", "fwmark6/7")]
    [InlineData("fwmark 7 {\n lvs_method TUN\n real_server 2001:db8::1 {\n}", "fwmark6/7")]
    [InlineData("fwmark 7 {\n lvs_method TUN\n real_server 2001:db8::1 {\n}\nreal_server 198.51.100.1 {\n}\n", "fwmark/7")]
    [InlineData("fwmark 7 {\n ip_family inet6\n lvs_method TUN\n real_server 198.51.100.1 {\n}\n", "fwmark6/7")]
    [InlineData("192.0.2.10 53 {\n real_server 198.51.100.1 {\n}", "udp/192.0.2.10:53")]
    [InlineData("192.0.2.10 {\n protocol tcp\n real_server 198.51.100.1 {\n}", "tcp/192.0.2.10:0")]
    public void A_service_is_the_one_that_keepalived_makes(string text, string id) => Assert.Equal([id], Ids($"virtual_server {text}\n}}"));

    [Fact]
    public void Definitions_conditions_repetitions_and_included_files_are_followed()
    {
        const string text = """
            $NET=198.51.100
            $METHOD=lvs_method DR \
                    lvs_sched rr
            $SERVER=real_server ${NET}.$N 80 { \
                weight $W \
            }
            @lb1 $W=10
            @^lb1 $W=20
            @lb2 nonsense
            virtual_server 192.0.2.10 80 {
                protocol TCP
                $METHOD
                ~SEQ(N, 1, 2, 5) $SERVER
                ~LST({N, W}, {21, 1}, {22}) real_server ${NET}.${N} 80 { weight 0$W }
                include more/*.conf
            }
            """;
        KeepalivedOptions options = new()
        {
            ConfigurationId = "lb1",
            Include = (pattern, from) => (pattern, from) == ("more/*.conf", "/etc/keepalived/keepalived.conf")
                ? [new KeepalivedFile("/etc/keepalived/more/a.conf", "sorry_server ${NET}.99 80\n"), new KeepalivedFile("/etc/keepalived/more/b.conf", "quorum x\n")]
                : throw new InvalidOperationException(pattern),
        };
        LvsConfigurationException error = Assert.Throws<LvsConfigurationException>(() => KeepalivedText.Read(text, "/etc/keepalived/keepalived.conf", options));
        Assert.Equal(("/etc/keepalived/more/b.conf", 1), (error.Source, error.Line));
        ServiceConfiguration service = Assert.Single(KeepalivedText.Read(text.Replace("include more/*.conf", "", StringComparison.Ordinal), null, options).Configuration.VirtualServices);
        Assert.Equal(
            ["198.51.100.1:80 10", "198.51.100.3:80 10", "198.51.100.5:80 10", "198.51.100.21:80 1", "198.51.100.22:80 0"],
            service.RealServers!.Select(server => $"{server.RealServer} {server.Settings.Weight}"));
        Assert.Equal("rr", service.Settings.Scheduler);
        Assert.All(service.RealServers!, server => Assert.Equal(LvsForwardingMethod.DirectRouting, server.Settings.Forwarding));
    }

    [Theory]
    [InlineData("include x.conf", "KeepalivedIncludeNotRead")]
    [InlineData("}")]
    [InlineData("{")]
    [InlineData("virtual_server 192.0.2.10 80 {")]
    [InlineData("virtual_server 192.0.2.10 80")]
    [InlineData("virtual_server nowhere 80 {\n}")]
    [InlineData("virtual_server 192.0.2.10 x {\n}")]
    [InlineData("virtual_server group web {\n}")]
    [InlineData("virtual_server 192.0.2.10 80 {\nlvs_sched foo\n}", "KeepalivedSyntaxInvalid", 2)]
    [InlineData("virtual_server 192.0.2.10 80 {\nlvs_sched rr\nsh-port\n}", "KeepalivedSyntaxInvalid", 3)]
    [InlineData("virtual_server 192.0.2.10 80 {\nlvs_method\n}", "KeepalivedSyntaxInvalid", 2)]
    [InlineData("virtual_server 192.0.2.10 80 {\nlvs_method TUN type vxlan\n}", "KeepalivedSyntaxInvalid", 2)]
    [InlineData("virtual_server 192.0.2.10 80 {\nquorum 0\n}", "KeepalivedSyntaxInvalid", 2)]
    [InlineData("virtual_server 192.0.2.10 80 {\nprotocol TCP\nreal_server 198.51.100.1 80 {\nweight 65536\n}\n}", "KeepalivedSyntaxInvalid", 4)]
    [InlineData("virtual_server 192.0.2.10 80 {\nprotocol TCP\nreal_server 2001:db8::1 80 {\n}\n}", "MixedFamilyNeedsTunnel", 3)]
    [InlineData("virtual_server 192.0.2.10 80 {\nprotocol TCP\nreal_server 198.51.100.1 80 {\nuthreshold 1\nlthreshold 2\n}\n}", "ThresholdsCrossed", 3)]
    [InlineData("virtual_server 192.0.2.10 80 {\nprotocol TCP\nreal_server 198.51.100.1 80 {\n}\nreal_server 198.51.100.1 80 {\n}\n}", "KeepalivedSyntaxInvalid", 5)]
    [InlineData("virtual_server 192.0.2.10 80 {\nreal_server 198.51.100.1 80 {\nHTTP_GET {\nurl {\n}\n}\n}\n}", "KeepalivedSyntaxInvalid", 4)]
    [InlineData("virtual_server 192.0.2.10 80 {\nreal_server 198.51.100.1 80 {\nHTTP_GET {\nurl {\npath \"x\n}\n}\n}\n}", "KeepalivedSyntaxInvalid", 5)]
    [InlineData("$A=$A\nx $A", "KeepalivedSyntaxInvalid", 2)]
    [InlineData("~SEQ(A, 1, 999999999) x", "KeepalivedSyntaxInvalid")]
    [InlineData("~SEQ(A, 1, -1, 5) x", "KeepalivedSyntaxInvalid")]
    public void What_keepalived_complains_of_is_refused_with_its_line(string text, string id = "KeepalivedSyntaxInvalid", int line = 1)
    {
        LvsConfigurationException error = Assert.Throws<LvsConfigurationException>(() => KeepalivedText.Read(text, "k.conf"));
        Assert.Equal((id, "k.conf", line), (error.Id, error.Source, error.Line));
    }

    [Fact]
    public void What_has_no_counterpart_is_noted_with_its_line()
    {
        ConfigurationReading reading = KeepalivedText.Read("""
            global_defs {
                router_id x
                lvs_sync_daemon eth0 VI_1
            }
            vrrp_instance VI_1 {
                virtual_ipaddress { 192.0.2.10/24 }
            }
            virtual_server 192.0.2.10 80 {
                alpha
                protocol TCP
                real_server 198.51.100.1 80 {
                    notify_up /bin/true
                    inhibit_on_failure
                    TCP_CHECK {
                        warmup 5
                    }
                    PING_CHECK { }
                    BFD_CHECK { name x }
                }
            }
            virtual_server 192.0.2.11 80 {
                protocol TCP
            }
            """);
        Assert.Equal([2, 3, 5, 6, 9, 12, 13, 15, 17, 18, 21], reading.Notes.Select(note => note.Line).Order());
    }

    [Fact]
    public void Random_tables_come_back_without_a_note() => RoundTrips.Exact(Sayable, KeepalivedText.Write, text => KeepalivedText.Read(text));

    [Fact]
    public void What_does_not_come_back_has_a_note() => RoundTrips.NothingLostInSilence(KeepalivedText.Write, text => KeepalivedText.Read(text));

    [Fact]
    public void Any_text_gives_a_value_or_an_error_of_its_own() => RoundTrips.Fuzz(
        text => KeepalivedText.Read(text),
        random => "$A=192.0.2.1\n~SEQ(N, 1, 3) virtual_server $A $N {\n}\n" + KeepalivedText.Write(RandomConfigurations.Everything(random)).Text,
        ["{", "}", "\"", "'", "\\", "$A", "${A}", "$B=x\\", "~SEQ(A,1,2)", "~LST({A,B},{1})", "@x", "include x", "group", "fwmark", "virtual_server_group", "regex", "misc_path", "1.2.3.4-5"]);

    /// <summary>What keepalived can say: servers with weights, the ports that it keeps, and checks that it has.</summary>
    internal static LvsConfiguration Sayable(Random random) => RandomConfigurations.Everything(random) is var made
        ? new LvsConfiguration
        {
            Timeout = made.Timeout,
            VirtualServices = [.. made.VirtualServices.Where(service => service.RealServers is { Count: > 0 }).Select(service => Sayable(service, random)).Where(service => service.RealServers!.Any(server => server.Settings.Weight > 0))],
        }
        : made;

    private static ServiceConfiguration Sayable(ServiceConfiguration service, Random random)
    {
        List<ServerConfiguration> servers =
        [
            .. service.RealServers!.Select(server => server with
            {
                Settings = Sayable(service.VirtualService, server.Settings),
                HealthCheck = RandomConfigurations.Chance(random) ? Sayable(RandomConfigurations.Check(random)) : null,
            }).DistinctBy(server => server.RealServer),
        ];
        return service with
        {
            RealServers = servers,
            MinimumAvailable = null,
            Quorum = service.Quorum is { } quorum && quorum <= servers.Sum(server => server.Settings.Weight) ? quorum : null,
            SorryServer = service.SorryServer is { } sorry ? Sayable(service.VirtualService, sorry) with { Weight = 1, UpperThreshold = 0, LowerThreshold = 0 } : null,
            HealthCheck = null,
        };
    }

    private static RealServerSettings Sayable(LvsServiceId service, RealServerSettings settings) =>
        settings.Forwarding != LvsForwardingMethod.Nat && service.Port is null
            ? settings with { RealServer = new LvsServerId(settings.RealServer.Address, 0) }
            : settings;

    private static HealthCheckSettings? Sayable(HealthCheckSettings check) => check.Kind switch
    {
        HealthCheckKind.None => null,
        _ => check with { Method = null },
    };

    private static IEnumerable<string> Ids(string text) => KeepalivedText.Read(text).Configuration.VirtualServices.Select(service => service.VirtualService.ToString());
}
