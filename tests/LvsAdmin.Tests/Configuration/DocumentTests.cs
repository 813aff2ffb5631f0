using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>What a document says, and how it is written.</summary>
public sealed class DocumentTests
{
    private const string Everything = """
        {
          // Comments and trailing commas are for people.
          "$schema": "lvsadmin-configuration.schema.json", "version": 1, "owner": "web team", "scope": ["tcp/192.0.2.10:*", "192.0.2.11:25"],
          "timeouts": {"tcp": 900, "tcpFin": 120, "udp": 300},
          "syncDaemons": [{"role": "Master", "interface": "eth0", "syncId": 1, "multicastGroup": "224.0.0.99"}],
          "directorVips": ["192.0.2.10", {"address": "2001:db8::10", "interface": "eth0", "prefixLength": 128}],
          "forwarding": {"ipv4": true},
          "kernelParameters": {"conntrack": 1, "net.ipv4.vs.sync_threshold": "3 50"},
          "serverLists": {"web": ["192.0.2.21", {"realServer": "192.0.2.22", "weight": 2}]},
          "templates": {
            "http": {
              "scheduler": "mh", "schedulerFlags": ["mh-fallback", "mh-port"], "forwarding": "masq", "minimumAvailable": "50%",
              "healthCheck": {"kind": "Http", "path": "/up?x=1", "status": 200}
            }
          },
          "virtualServices": [
            {"virtualService": "tcp/192.0.2.10:80", "template": "http", "realServers": "web"},
            {"virtualService": "tcp/192.0.2.10:443", "template": "http", "scheduler": "wlc", "persistenceTimeout": 300, "persistenceNetmask": "255.255.255.0",
             "healthCheck": null, "realServers": [{"list": "web", "weight": 3, "port": 8443}, "192.0.2.29:8444"], "sorryServer": "192.0.2.99"},
            {"virtualService": "fwmark6/7", "realServers": []},
            {"virtualService": "udp/[2001:db8::10]:53", "onePacket": true},
          ],
        }
        """;

    [Fact]
    public void A_document_says_all_that_it_has_names_for()
    {
        ConfigurationReading reading = JsonText.Read(Everything, "web.json");
        LvsConfiguration read = reading.Configuration;

        Assert.Empty(reading.Notes);
        Assert.Equal("web team", read.Owner);
        Assert.Equal(["tcp/192.0.2.10:*", "tcp/192.0.2.11:25"], read.Scope);
        Assert.Equal(new LvsTimeout { Tcp = 900, TcpFin = 120, Udp = 300 }, read.Timeout);
        Assert.Equal(
            new LvsSyncDaemon { Role = LvsSyncRole.Master, Interface = "eth0", SyncId = 1, MulticastGroup = LvsAddress.Parse("224.0.0.99") }, Assert.Single(read.SyncDaemons!));
        Assert.Equal(
            [new() { Address = LvsAddress.Parse("192.0.2.10") }, new() { Address = LvsAddress.Parse("2001:db8::10"), Interface = "eth0", PrefixLength = 128 }], read.DirectorVips);
        Assert.Equal((true, null), (read.ForwardingIPv4, read.ForwardingIPv6));
        Assert.Equal([("conntrack", (object)true), ("sync_threshold", "3 50")], read.KernelParameters.Select(each => (each.Key, each.Value)));
        Assert.Equal(4, read.VirtualServices.Count);
        Assert.Empty(read.VirtualServices[2].RealServers!);
        Assert.Null(read.VirtualServices[3].RealServers);
        Assert.True(read.VirtualServices[3].Settings.OnePacket);
    }

    [Fact]
    public void A_template_gives_what_the_service_does_not_say_and_a_list_what_its_use_does_not()
    {
        LvsConfiguration read = JsonText.Read(Everything, null).Configuration;

        ServiceConfiguration http = read.VirtualServices[0];
        Assert.Equal(("mh", "mh-fallback,mh-port"), (http.Settings.Scheduler, http.Settings.SchedulerFlags.ToString()));
        Assert.Equal((50, true), (http.MinimumAvailable, http.MinimumIsPercent));
        Assert.Equal((HealthCheckKind.Http, "/up?x=1"), (http.HealthCheck!.Kind, http.HealthCheck.Path));
        Assert.Equal(
            ["192.0.2.21:80 Nat 1", "192.0.2.22:80 Nat 2"], http.RealServers!.Select(server => $"{server.RealServer} {server.Settings.Forwarding} {server.Settings.Weight}"));

        ServiceConfiguration https = read.VirtualServices[1];
        // The flags are those of the template's scheduler, not of the service's own.
        Assert.Equal(("wlc", true), (https.Settings.Scheduler, https.Settings.SchedulerFlags.IsEmpty));
        Assert.Equal((300u, 24), (https.Settings.PersistenceTimeout, https.Settings.PersistencePrefixLength));
        Assert.Null(https.HealthCheck);
        Assert.Equal(
            ["192.0.2.21:8443 3", "192.0.2.22:8443 3", "192.0.2.29:8444 1"], https.RealServers!.Select(server => $"{server.RealServer} {server.Settings.Weight}"));
        Assert.Equal(("192.0.2.99:443", LvsForwardingMethod.Nat), (https.SorryServer!.RealServer.ToString(), https.SorryServer.Forwarding));
    }

    [Fact]
    public void The_canonical_text_has_a_fixed_order_and_says_what_servers_have_in_common_once()
    {
        LvsConfiguration read = JsonText.Read(
            """
            {"virtualServices": [
              {"virtualService": "fwmark/7", "scheduler": "rr", "realServers": []},
              {"realServers": [{"weight": 2, "realServer": "192.0.2.22", "forwarding": "masq"}, {"realServer": "192.0.2.21:8080", "forwarding": "Nat"}],
               "virtualService": "192.0.2.10:80", "scheduler": "rr", "persistencePrefixLength": 32, "sorryServer": {"realServer": "192.0.2.9", "forwarding": "gate"}}],
             "timeouts": {"udp": 30}, "owner": "it's \"us\""}
            """,
            null).Configuration;

        Assert.Equal(
            """
            {
              "$schema": "lvsadmin-configuration.schema.json",
              "version": 1,
              "owner": "it's \"us\"",
              "timeouts": { "udp": 30 },
              "virtualServices": [
                {
                  "virtualService": "tcp/192.0.2.10:80",
                  "scheduler": "rr",
                  "forwarding": "Nat",
                  "sorryServer": { "realServer": "192.0.2.9:80", "forwarding": "DirectRouting" },
                  "realServers": [
                    "192.0.2.21:8080",
                    { "realServer": "192.0.2.22:80", "weight": 2 }
                  ]
                },
                {
                  "virtualService": "fwmark/7",
                  "scheduler": "rr",
                  "realServers": []
                }
              ]
            }

            """,
            JsonText.Write(read).Text);
        Assert.Equal(
            """
            @{
                '$schema' = 'lvsadmin-configuration.schema.json'
                Version = 1
                Owner = 'it''s "us"'
                Timeouts = @{ Udp = 30 }
                VirtualServices = @(
                    @{
                        VirtualService = 'tcp/192.0.2.10:80'
                        Scheduler = 'rr'
                        Forwarding = 'Nat'
                        SorryServer = @{ RealServer = '192.0.2.9:80'; Forwarding = 'DirectRouting' }
                        RealServers = @(
                            '192.0.2.21:8080',
                            @{ RealServer = '192.0.2.22:80'; Weight = 2 }
                        )
                    },
                    @{
                        VirtualService = 'fwmark/7'
                        Scheduler = 'rr'
                        RealServers = @()
                    }
                )
            }

            """,
            Psd1Text.Write(read).Text);
    }

    [Theory]
    [InlineData("""{"virtualService": "192.0.2.10:80", "tunnelType": "Gue", "tunnelPort": 6080, "forwarding": "Tunnel", "realServers": ["192.0.2.21", {"realServer": "192.0.2.22", "forwarding": "Nat"}]}""", "Tunnel Gue 6080, Nat Ipip 0")]
    [InlineData("""{"virtualService": "192.0.2.10:80", "tunnelType": "Gue", "tunnelPort": 6080, "realServers": [{"realServer": "192.0.2.21", "forwarding": "ipip"}, {"realServer": "192.0.2.22", "forwarding": "TUN", "tunnelType": "Gre"}]}""", "Tunnel Gue 6080, Tunnel Gre 0")]
    public void What_a_service_says_of_tunnels_is_for_the_servers_that_it_fits(string service, string expected)
    {
        ServiceConfiguration read = Assert.Single(JsonText.Read($$"""{"virtualServices": {{service}}}""", null).Configuration.VirtualServices);

        Assert.Equal(expected, string.Join(", ", read.RealServers!.Select(server => $"{server.Settings.Forwarding} {server.Settings.TunnelType} {server.Settings.TunnelPort}")));
    }

    [Fact]
    public void What_is_defined_and_not_used_is_warned_of()
    {
        ConfigurationReading reading = JsonText.Read(
            """
            {
              "serverLists": {"web": ["192.0.2.21"]},
              "templates": {"http": {}},
              "kernelParameters": {"conntrak": 1},
              "virtualServices": [{"virtualService": "192.0.2.10:80", "scheduler": "rr", "schedulerFlags": "flag-1"}]
            }
            """,
            "x.json");

        Assert.Equal(
            [
                "x.json:4: No kernel that is known has the parameter net.ipv4.vs.conntrak. Did you mean conntrack? (at kernelParameters.conntrak)",
                "x.json:5: tcp/192.0.2.10:80: the scheduler rr knows no flags; flag-1 will do nothing. (at virtualServices[0].virtualService)",
                "x.json:3: No service uses the template 'http'. (at templates.http)",
                "x.json:2: No service uses the server list 'web'. (at serverLists.web)",
            ],
            reading.Notes.Select(note => note.ToString()));
    }

    [Fact]
    public void What_a_kernel_has_is_kept_although_nobody_could_ask_for_it()
    {
        LvsConfiguration odd = new()
        {
            VirtualServices =
            [
                new()
                {
                    Settings = new() { VirtualService = LvsServiceId.Parse("proto47/192.0.2.10:0"), Scheduler = "rr", IrregularNetmask = 0xff00ff00, PersistenceTimeout = 9 },
                    RealServers = [new() { Settings = new() { RealServer = LvsServerId.Parse("192.0.2.21:0"), Forwarding = LvsForwardingMethod.LocalNode } }],
                },
            ],
        };
        string text = JsonText.Write(odd).Text;

        LvsConfiguration back = JsonText.Revive(text);

        Assert.Equal(odd.VirtualServices[0].Settings, back.VirtualServices[0].Settings);
        Assert.Equal(odd.VirtualServices[0].RealServers![0], back.VirtualServices[0].RealServers![0]);
        Assert.Equal(["ProtocolNotSupported", "ConfigurationValueInvalid"], Assert.Throws<LvsConfigurationException>(() => JsonText.Read(text, null)).Problems.Select(problem => problem.Id));
    }
}
