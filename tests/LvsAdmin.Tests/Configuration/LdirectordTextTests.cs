using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

public sealed class LdirectordTextTests
{
    private static readonly TextNames Names = new()
    {
        Host = (name, family) => (name, family) switch
        {
            ("www.example.com", LvsAddressFamily.IPv4) => LvsAddress.Parse("192.0.2.10"),
            ("sql1", LvsAddressFamily.IPv4) => LvsAddress.Parse("198.51.100.1"),
            ("sql3", LvsAddressFamily.IPv4) => LvsAddress.Parse("198.51.100.3"),
            _ => null,
        },
        Port = TextNames.ServicesFile("http 80/tcp\ndomain 53/udp\n"),
    };

    [Fact]
    public void A_service_is_read_with_its_servers_check_and_fallback()
    {
        ConfigurationReading reading = LdirectordText.Read("""
            # A comment
            checktimeout=3
            checkinterval = 1
            fork=yes
            virtual = www.example.com:http
            	real=sql1->sql3:80 gate 5 l:10 u:100 # one each
                # a comment within
                real=198.51.100.9:8080 masq "status", "all well"
            	fallback=127.0.0.1:80
            	service=http
            	scheduler=sh
            	schedflags=sh-port
            	persistent=600
            	netmask=255.255.255.0
            	protocol=tcp
            	checkport=81
            	request="index.html"
            	receive="Test "Page""
            	virtualhost="www.x.y.z"
            	httpmethod=head
            	failurecount=3
            	negotiatetimeout=7
            """, "ldirectord.cf", Names);
        Assert.Empty(reading.Notes);
        ServiceConfiguration service = Assert.Single(reading.Configuration.VirtualServices);
        Assert.Equal(
            new VirtualServiceSettings
            {
                VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:80"),
                Scheduler = "sh",
                SchedulerFlags = LvsSchedulerFlags.Parse("sh-port"),
                PersistenceTimeout = 600,
                PersistencePrefixLength = 24,
            },
            service.Settings);
        Assert.Equal(
            ["198.51.100.1:80 DirectRouting 5 10 100", "198.51.100.2:80 DirectRouting 5 10 100", "198.51.100.3:80 DirectRouting 5 10 100", "198.51.100.9:8080 Nat 1 0 0"],
            service.RealServers!.Select(each => each.Settings).Select(each => $"{each.RealServer} {each.Forwarding} {each.Weight} {each.LowerThreshold} {each.UpperThreshold}"));
        HealthCheckSettings check = new()
        {
            Kind = HealthCheckKind.Http,
            Port = 81,
            Path = "/index.html",
            Pattern = "Test \"Page\"",
            VirtualHost = "www.x.y.z",
            Method = "HEAD",
            Timeout = 7,
            Interval = 1,
            Retries = 2,
        };
        Assert.Equal(ConfigurationDump.Check(check), ConfigurationDump.Check(service.HealthCheck));
        Assert.Equal(ConfigurationDump.Check(check with { Path = "/status", Pattern = "all well" }), ConfigurationDump.Check(service.RealServers![3].HealthCheck));
        Assert.Equal(new RealServerSettings { RealServer = LvsServerId.Parse("127.0.0.1:80") }, service.SorryServer);
    }

    [Theory]
    [InlineData("virtual=7", "fwmark/7")]
    [InlineData("virtual6=7", "fwmark6/7")]
    [InlineData("virtual=192.0.2.10:53", "udp/192.0.2.10:53")]
    [InlineData("virtual=192.0.2.10:domain\n\tprotocol=udp", "udp/192.0.2.10:53")]
    [InlineData("virtual=192.0.2.10:53\n\tprotocol=tcp", "tcp/192.0.2.10:53")]
    [InlineData("virtual6=[2001:db8::10]:443", "tcp/[2001:db8::10]:443")]
    public void A_service_is_the_one_that_ldirectord_makes(string text, string id) =>
        Assert.Equal([id], LdirectordText.Read(text, null, Names).Configuration.VirtualServices.Select(service => service.VirtualService.ToString()));

    [Theory]
    [InlineData("192.0.2.10:80", "", HealthCheckKind.Http)]
    [InlineData("192.0.2.10:443", "", HealthCheckKind.Https)]
    [InlineData("192.0.2.10:53", "", HealthCheckKind.Dns)]
    [InlineData("192.0.2.10:25", "", HealthCheckKind.Smtp)]
    [InlineData("192.0.2.10:3306", "", HealthCheckKind.Tcp)]
    [InlineData("192.0.2.10:9000", "", HealthCheckKind.None)]
    [InlineData("7", "", HealthCheckKind.None)]
    [InlineData("7", "service=https", HealthCheckKind.Https)]
    [InlineData("192.0.2.10:80", "checktype=connect", HealthCheckKind.Tcp)]
    [InlineData("192.0.2.10:53", "checktype=connect", HealthCheckKind.Ping)]
    [InlineData("192.0.2.10:80", "checktype=ping", HealthCheckKind.Ping)]
    [InlineData("192.0.2.10:80", "checktype=external", HealthCheckKind.Script)]
    [InlineData("192.0.2.10:80", "checktype=5", HealthCheckKind.Http)]
    [InlineData("192.0.2.10:80", "checktype=on", HealthCheckKind.None)]
    public void The_check_is_the_one_that_ldirectord_makes(string address, string line, HealthCheckKind kind) =>
        Assert.Equal(kind, LdirectordText.Read($"virtual={address}\n\t{line}\n").Configuration.VirtualServices[0].HealthCheck?.Kind ?? HealthCheckKind.None);

    [Fact]
    public void The_fallback_for_all_is_that_of_services_without_their_own()
    {
        ConfigurationReading reading = LdirectordText.Read("""
            fallback=127.0.0.1
            virtual=192.0.2.10:80
            	real=198.51.100.1:80 gate
            virtual=192.0.2.11:81
            	fallback=198.51.100.9:8080 masq
            virtual6=[2001:db8::10]:80
            """);
        Assert.Equal(["127.0.0.1:80", "198.51.100.9:8080", null], reading.Configuration.VirtualServices.Select(service => service.SorryServer?.RealServer.ToString()));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("nonsense=1")]
    [InlineData("\treal=198.51.100.1:80 gate")]
    [InlineData("checktimeout=0")]
    [InlineData("quiescent=maybe\nvirtual=x", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10")]
    [InlineData("virtual=[2001:db8::10]:80")]
    [InlineData("virtual6=192.0.2.10:80")]
    [InlineData("virtual=nowhere:80", "NameNotResolved")]
    [InlineData("virtual=192.0.2.10:80\n\tnonsense=1", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\treal=198.51.100.1:80", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\treal=198.51.100.1:80 nat", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\treal=198.51.100.1:80 gate x", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\treal=198.51.100.2->198.51.100.1:80 gate", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\treal=198.51.100.1:80 gate\n\treal=198.51.100.1:80 masq", "LdirectordLineInvalid", 3)]
    [InlineData("virtual=192.0.2.10:80\n\treal6=[2001:db8::1]:80 gate", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\treal=198.51.100.1:80 gate l:5 u:4", "ThresholdsCrossed", 2)]
    [InlineData("virtual=192.0.2.10:80\n\tprotocol=sctp", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=7\n\tprotocol=tcp", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\tservice=gopher", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\tchecktype=maybe", "LdirectordLineInvalid", 2)]
    [InlineData("virtual=192.0.2.10:80\n\n\treal=198.51.100.1:80 gate", "LdirectordLineInvalid", 3)]
    [InlineData("virtual=192.0.2.10:80\nvirtual=192.0.2.10:80", "LdirectordLineInvalid", 2)]
    public void What_ldirectord_refuses_is_refused_with_its_line(string text, string id = "LdirectordLineInvalid", int line = 1)
    {
        LvsConfigurationException error = Assert.Throws<LvsConfigurationException>(() => LdirectordText.Read(text.Replace("\nvirtual=x", "\nvirtual=", StringComparison.Ordinal), "l.cf", Names));
        Assert.Equal((id, "l.cf", text.StartsWith("quiescent", StringComparison.Ordinal) ? line : line), (error.Id, error.Source, error.Line));
    }

    [Fact]
    public void What_has_no_counterpart_is_noted_with_its_line()
    {
        ConfigurationReading reading = LdirectordText.Read("""
            autoreload=yes
            quiescent=yes
            virtual=192.0.2.10:21
            	real=198.51.100.1:8021 gate
            	service=ftp
            	login="anonymous"
            	request="x"
            	netmask=255.255.255.0
            	checktype=off
            """);
        Assert.Equal([1, 2, 4, 6, 7, 8, 9], reading.Notes.Select(note => note.Line).Order());
        Assert.Equal(0, reading.Configuration.VirtualServices[0].RealServers![0].Settings.Weight);
    }

    [Fact]
    public void Random_tables_come_back_without_a_note() => RoundTrips.Exact(Sayable, LdirectordText.Write, text => LdirectordText.Read(text));

    [Fact]
    public void What_does_not_come_back_has_a_note() => RoundTrips.NothingLostInSilence(LdirectordText.Write, text => LdirectordText.Read(text));

    [Fact]
    public void Any_text_gives_a_value_or_an_error_of_its_own() => RoundTrips.Fuzz(
        text => LdirectordText.Read(text, null, Names),
        random => LdirectordText.Write(RandomConfigurations.Everything(random)).Text,
        ["virtual=1", "virtual6=[::1]:0", "\treal=1.2.3.4->1.2.4.5", "\t", "=", "\"", "[", "]:", "gate", "masq", "#", "-1", "l:1", "99999999999", "\tchecktype=off", "\tfallback=", "::"]);

    /// <summary>What ldirectord can say.</summary>
    internal static LvsConfiguration Sayable(Random random) => new()
    {
        VirtualServices =
        [
            .. RandomConfigurations.Everything(random).VirtualServices
                .Where(service => service.VirtualService.Protocol != LvsProtocol.Sctp && service.RealServers is not null && service.Settings is not { OnePacket: true, VirtualService.Protocol: null })
                .Select(service => service with
                {
                    Settings = service.Settings with { PersistenceEngine = null },
                    RealServers = [.. service.RealServers!.Where(server => IsSayable(server.Settings)).Select(server => server with { HealthCheck = null })],
                    MinimumAvailable = null,
                    Quorum = null,
                    SorryServer = service.SorryServer is { } sorry && IsSayable(sorry) ? sorry with { Weight = 1, UpperThreshold = 0, LowerThreshold = 0 } : null,
                    HealthCheck = Sayable(service.VirtualService, RandomConfigurations.Check(random)),
                }),
        ],
    };

    private static bool IsSayable(RealServerSettings settings) => settings.TunnelType == LvsTunnelType.Ipip;

    private static HealthCheckSettings? Sayable(LvsServiceId service, HealthCheckSettings check) => check.Kind switch
    {
        HealthCheckKind.None or HealthCheckKind.Udp => null,
        HealthCheckKind.Tcp when service.Protocol == LvsProtocol.Udp => null,
        _ => check with
        {
            Address = null,
            RetryDelay = null,
            Status = [],
            Digest = null,
            QueryType = null,
            HelloName = null,
            Pattern = check.Pattern?.Replace("#", "", StringComparison.Ordinal),
        },
    };
}
