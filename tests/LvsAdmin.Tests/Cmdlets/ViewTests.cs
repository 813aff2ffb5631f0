using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>The views at the width of a plain terminal and of wider ones: nothing cut off, nothing wider.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class ViewTests(CmdletFixture fixture)
{
    // The text of a test is what the first shows; the wider ones show the same words, in no more lines.
    private static readonly int[] Columns = [80, 100, 160];

    [Fact]
    public void A_service_shows_scheduler_and_options_as_ipvsadm_does() => Shows(
        """
           Director: network namespace lb

        VirtualService               Scheduler Options                            Conns
        --------------               --------- -------                            -----
        udp/192.0.2.10:53            mh        (mh-port) persistent 60 pe sip         7
        tcp/[2001:db8::10]:80        rr        ops                                    7
        """,
        new LvsVirtualService(new VirtualServiceSettings
        {
            VirtualService = LvsServiceId.Parse("udp/192.0.2.10:53"),
            Scheduler = "mh",
            SchedulerFlags = LvsSchedulerFlags.Parse("mh-port"),
            PersistenceTimeout = 60,
            PersistenceEngine = "sip",
        })
        { HostName = "localhost", NetworkNamespace = "lb", Statistics = new LvsStatistics { Connections = 7 } },
        new LvsVirtualService(new VirtualServiceSettings { VirtualService = LvsServiceId.Parse("[2001:db8::10]:80"), Scheduler = "rr", OnePacket = true })
        { HostName = "localhost", NetworkNamespace = "lb", Statistics = new LvsStatistics { Connections = 7 } });

    [Fact]
    public void Servers_stand_under_their_service()
    {
        LvsServiceId service = LvsServiceId.Parse("192.0.2.10:80");
        Shows(
            """
               VirtualService: tcp/192.0.2.10:80

            RealServer                   Forwarding            Weight ActiveConn  InActConn
            ----------                   ----------            ------ ----------  ---------
            192.0.2.21:80                DirectRouting            100          3          4
            [2001:db8::21]:80            Tunnel (gue:5555)          0          3          4
            """,
            Server(service, new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.21:80"), Weight = 100 }),
            Server(service, new RealServerSettings
            {
                RealServer = LvsServerId.Parse("[2001:db8::21]:80"),
                Forwarding = LvsForwardingMethod.Tunnel,
                Weight = 0,
                TunnelType = LvsTunnelType.Gue,
                TunnelPort = 5555,
            }));
    }

    [Fact]
    public void Held_servers_show_why_and_by_whom_from_other_sessions_too()
    {
        LvsServiceId service = LvsServiceId.Parse("192.0.2.10:80");
        PSObject first = Held(Server(service, new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.21:80"), Weight = 0 }), new LvsHold
        {
            VirtualService = service,
            RealServer = LvsServerId.Parse("192.0.2.21:80"),
            Weight = 100,
            Reason = "the disk of this server is to be changed",
            By = "ada@admin",
            Since = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero),
            Until = new DateTimeOffset(2026, 11, 2, 10, 0, 0, TimeSpan.Zero),
        });
        PSObject second = Held(Server(service, new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.22:80"), Weight = 20 }), new LvsHold
        {
            VirtualService = service,
            RealServer = LvsServerId.Parse("192.0.2.22:80"),
            Weight = 50,
            By = "eve@admin",
            Since = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero),
            ResumingAt = 20,
        });
        object elsewhere = PSSerializer.Deserialize(PSSerializer.Serialize(first, 3));

        Shows(
            """
               VirtualService: tcp/192.0.2.10:80

            RealServer                   OldWeight ActiveConn Held
            ----------                   --------- ---------- ----
            192.0.2.21:80                      100          3 the disk of this server is to
                                                              be changed
                                                              by ada@admin since 2026-11-01
                                                              10:00:00Z
                                                              until 2026-11-02 10:00:00Z
            192.0.2.21:80                      100          3 the disk of this server is to
                                                              be changed
                                                              by ada@admin since 2026-11-01
                                                              10:00:00Z
                                                              until 2026-11-02 10:00:00Z
            192.0.2.22:80                       50          3 by eve@admin since 2026-11-01
                                                              10:00:00Z
                                                              on its way back at weight 20
            """,
            first, elsewhere, second);

        static PSObject Held(LvsRealServer server, LvsHold hold)
        {
            PSObject held = new(server);
            held.Properties.Add(new PSNoteProperty("Hold", hold));
            held.TypeNames.Insert(0, "LvsAdmin.Core.Ipvs.LvsRealServer#Held");
            return held;
        }
    }

    [Fact]
    public void What_Held_lists_has_that_view_and_goes_back_through_the_pipeline_from_another_session()
    {
        EngineResult result = fixture.Engine.Run("""
            $s = New-LvsSession -Simulated
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s -PassThru | Add-LvsRealServer -RealServer 192.0.2.21 -Weight 7
            Suspend-LvsRealServer * 192.0.2.21 -LvsSession $s
            $held = Get-LvsRealServer -Held -LvsSession $s
            $held.PSObject.TypeNames[0]
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($held, 3)) | Resume-LvsRealServer -LvsSession $s
            (Get-LvsRealServer -LvsSession $s).Weight
            Remove-LvsSession $s
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(["LvsAdmin.Core.Ipvs.LvsRealServer#Held", "7"], result.Output.Select(value => $"{value}"));
    }

    [Fact]
    public void A_roll_out_shows_how_long_each_host_took_and_why_one_failed() => Shows(
        """
        Batch Host             State            Time Steps, or why not
        ----- ----             -----            ---- -----------------
            1 192.0.2.21       Succeeded      10.5 s drain 2.0 s, script 3.5 s, health
                                                     1.0 s, resume 4.0 s
            2 192.0.2.22       Failed          2.0 s Drain failed: it is busy.
            3 lb1              Failed          2.0 s HealthCheck failed: its table is
                                                     empty (Sync-LvsConfiguration gives
                                                     it the wanted one).
        """,
        new LvsRolloutResult
        {
            HostName = "192.0.2.21",
            Addresses = [LvsAddress.Parse("192.0.2.21")],
            Batch = 1,
            State = LvsRolloutState.Succeeded,
            DrainTime = TimeSpan.FromSeconds(2),
            ScriptTime = TimeSpan.FromSeconds(3.5),
            HealthCheckTime = TimeSpan.FromSeconds(1),
            ResumeTime = TimeSpan.FromSeconds(4),
        },
        new LvsRolloutResult
        {
            HostName = "192.0.2.22",
            Addresses = [LvsAddress.Parse("192.0.2.22")],
            Batch = 2,
            State = LvsRolloutState.Failed,
            DrainTime = TimeSpan.FromSeconds(2),
            Error = "Drain failed: it is busy.",
        },
        new LvsRolloutResult
        {
            HostName = "localhost",
            NetworkNamespace = "lb1",
            Addresses = [],
            Batch = 3,
            State = LvsRolloutState.Failed,
            HealthCheckTime = TimeSpan.FromSeconds(2),
            Error = "HealthCheck failed: its table is empty (Sync-LvsConfiguration gives it the wanted one).",
        });

    [Fact]
    public void Counters_are_indented_below_their_service()
    {
        LvsStatistics counters = new() { Connections = 1, IncomingPackets = 2, OutgoingPackets = 3, IncomingBytes = 4, OutgoingBytes = 5 };
        LvsServiceId service = LvsServiceId.Parse("192.0.2.10:80");
        Shows(
            """
               Director: localhost

            Subject                        Conns   InPkts  OutPkts    InBytes   OutBytes
            -------                        -----   ------  -------    -------   --------
            (director)                         1        2        3          4          5
            tcp/192.0.2.10:80                  1        2        3          4          5
              -> 192.0.2.21:80                 1        2        3          4          5
            """,
            new LvsTrafficStatistics(counters, "localhost", null),
            new LvsTrafficStatistics(new LvsVirtualService(new VirtualServiceSettings { VirtualService = service }) { Statistics = counters, HostName = "localhost" }),
            new LvsTrafficStatistics(new LvsRealServer(service, new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.21:80") }) { Statistics = counters, HostName = "localhost" }));
    }

    [Fact]
    public void Counters_of_years_are_scaled_as_ipvsadm_does()
    {
        LvsStatistics counters = new() { Connections = 99_999_999, IncomingPackets = 100_000_000, OutgoingPackets = 98_765_432_109, IncomingBytes = ulong.MaxValue, OutgoingBytes = 9_999_999_999 };
        Shows(
            """
               Director: localhost

            Subject                        Conns   InPkts  OutPkts    InBytes   OutBytes
            -------                        -----   ------  -------    -------   --------
            (director)                  99999999  100000K   98765M  18446744T 9999999999
            """,
            new LvsTrafficStatistics(counters, "localhost", null));
    }

    [Fact]
    public void An_ARP_policy_shows_levels_with_the_kernels_numbers() => Shows(
        """
           Host: localhost

        Interface       Ignore                Announce             Effective
        ---------       ------                --------             ---------
        eth0            TargetOnInterface (1) BestLocal (2)        ignore 8, announce 2
        odd             reserved (5)          AnyLocal (0)         ignore 8, announce 2
        """,
        Policy("eth0", LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal),
        Policy("odd", (LvsArpIgnore)5, LvsArpAnnounce.AnyLocal));

    [Fact]
    public void A_check_shows_what_was_seen_and_what_helps() => Shows(
        """
           Checked on: network namespace lb

        Subject         Check            Outcome    Message
        -------         -----            -------    -------
        192.0.2.10      ArpOwner         Passed     Only the director answered.
        2001:db8:0:123: VipAccepted      Failed     Nothing answers on port 443.
        4567:89ab:cdef:                             Start the web server.
        10
        """,
        Result("192.0.2.10", "ArpOwner", LvsCheckOutcome.Passed, "Only the director answered.", null),
        Result("2001:db8:0:123:4567:89ab:cdef:10", "VipAccepted", LvsCheckOutcome.Failed, "Nothing answers on port 443.", "Start the web server."));

    [Fact]
    public void A_probe_s_long_heading_breaks_between_words() => Shows(
        """
           VirtualService: tcp/[2001:db8:0:123:4567:89ab:cdef:10]:8080
           (network namespace director), from netns:client

        RealServer           Check       Outcome         ms Found
        ----------           -----       -------         -- -----
        [2001:db8::21]:80    Http        Failed        12.5 404 (expected: 200)
        """,
        new LvsProbeResult
        {
            VirtualService = LvsServiceId.Parse("[2001:db8:0:123:4567:89ab:cdef:10]:8080"),
            RealServer = LvsServerId.Parse("[2001:db8::21]:80"),
            Check = "Http",
            Outcome = LvsCheckOutcome.Failed,
            Expected = "200",
            Found = "404",
            Duration = TimeSpan.FromMilliseconds(12.5),
            Target = "[2001:db8::21]:80",
            ThroughVip = false,
            From = "netns:client",
            HostName = "localhost",
            NetworkNamespace = "director",
        });

    [Fact]
    public void A_plan_keeps_its_words_whole() => Shows(
        """
           Plan for: tcp/192.0.2.10:80

        Do Object                   Change                                        Conns
        -- ------                   ------                                        -----
        ~  service                  Scheduler: wrr -> wlc
                                    the kernel has no scheduler for the moment
                                    of the change
        -  192.0.2.22:80            Forwarding DirectRouting, Weight 0,              12
                                    UpperThreshold 1000000
                                    not in the document
        """,
        Change(LvsChangeAction.Set, null) with { Property = "Scheduler", Current = "wrr", Desired = "wlc", Reason = "the kernel has no scheduler for the moment of the change" },
        Change(LvsChangeAction.Remove, "192.0.2.22:80") with { Current = "Forwarding DirectRouting, Weight 0, UpperThreshold 1000000", Reason = "not in the document", ConnectionsAffected = 12 });

    [Fact]
    public void A_kernel_parameter_is_described_in_whole_words() => Shows(
        """
           net.ipv4.vs of: localhost

        Name                            Value    Default Description
        ----                            -----    ------- -----------
        am_droprate                        10         10 In mode 3 (always) of
                                                         drop_packet, one packet in
                                                         this many is dropped.
        """,
        new LvsKernelParameter
        {
            Name = "am_droprate",
            Value = 10,
            Text = "10",
            Default = 10,
            Description = "In mode 3 (always) of drop_packet, one packet in this many is dropped.",
            HostName = "localhost",
        });

    [Fact]
    public void A_check_of_a_deployment_shows_its_mark_whole_words_and_the_line_to_copy() => Shows(
        """
           Checked on: network namespace lb

        ok     VipPrefix          192.0.2.10 is /32 on lo
        mended VipMissing         192.0.2.10: it is back
        FAILED ArpPolicy          192.0.2.10: arp_ignore 0 and arp_announce 0 on eth0
                                  and on eth1
               Neighbours take this host for the director: whoever asks at the wrong
               moment gets past it.
               By hand: Ask somebody.
               Set-LvsArpPolicy -Interface all -NetworkNamespace lb
        """,
        Deployed(LvsDeploymentCause.VipPrefix, "192.0.2.10 is /32 on lo"),
        Deployed(LvsDeploymentCause.VipMissing, "it is back") with { Repaired = true },
        Deployed(LvsDeploymentCause.ArpPolicy, "arp_ignore 0 and arp_announce 0 on eth0 and on eth1") with
        {
            Outcome = LvsCheckOutcome.Failed,
            Reason = "Neighbours take this host for the director: whoever asks at the wrong moment gets past it.",
            Advice = "Ask somebody.",
            Remedy = LvsRemedy.On(new LocalHost("lb"), "Set-LvsArpPolicy", ("Interface", "all")),
        });

    private static LvsConfigurationChange Change(LvsChangeAction action, string? server) => new()
    {
        Action = action,
        Subject = server is null ? LvsChangeSubject.VirtualService : LvsChangeSubject.RealServer,
        Identity = server ?? "tcp/192.0.2.10:80",
        VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:80"),
        RealServer = server is null ? null : LvsServerId.Parse(server),
        HostName = "localhost",
    };

    private static LvsDeploymentCheck Deployed(LvsDeploymentCause cause, string found) => new()
    {
        Cause = cause,
        Outcome = LvsCheckOutcome.Passed,
        HostName = "localhost",
        NetworkNamespace = "lb",
        Vip = LvsAddress.Parse("192.0.2.10"),
        Expected = "otherwise",
        Found = found,
    };

    private static string Letters(IEnumerable<string> lines) => string.Concat(string.Concat(lines).Where(letter => letter != ' ').Order());

    private static LvsCheckResult Result(string subject, string check, LvsCheckOutcome outcome, string message, string? remedy) =>
        new() { Subject = subject, Check = check, Outcome = outcome, Message = message, Remedy = remedy, HostName = "localhost", NetworkNamespace = "lb" };

    private static LvsRealServer Server(LvsServiceId service, RealServerSettings settings) =>
        new(service, settings) { ActiveConnections = 3, InactiveConnections = 4, HostName = "localhost" };

    private static LvsArpPolicy Policy(string name, LvsArpIgnore ignore, LvsArpAnnounce announce) => new()
    {
        Interface = name,
        Ignore = ignore,
        Announce = announce,
        EffectiveIgnore = LvsArpIgnore.Never,
        EffectiveAnnounce = LvsArpAnnounce.BestLocal,
        HostName = "localhost",
    };

    private void Shows(string expected, params object[] values)
    {
        string[]? narrow = null;
        foreach (int columns in Columns)
        {
            fixture.Engine.Width = columns;
            string[] lines = [.. fixture.Engine.Render(values).Split('\n').Select(line => line.TrimEnd()).SkipWhile(line => line.Length == 0)];
            lines = [.. lines.Reverse().SkipWhile(line => line.Length == 0).Reverse()];
            Assert.All(lines, line => Assert.True(line.Length <= columns, $"{line.Length} of {columns}: {line}"));
            if (narrow is null)
            {
                narrow = lines;
                Assert.Equal(expected.Split('\n').Select(line => line.TrimEnd()), lines);
            }

            Assert.InRange(lines.Length, 1, narrow.Length);
            Assert.Equal(Letters(narrow), Letters(lines));
            // None is broken in two, wherever the lines end.
            Assert.Equal(Words(narrow), Words(lines));
        }
    }

    private static IEnumerable<string> Words(string[] lines) => lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(word => !word.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
