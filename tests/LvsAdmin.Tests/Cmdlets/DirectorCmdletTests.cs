using System.Diagnostics;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

public sealed class DirectorCmdletTests(CmdletFixture fixture) : DirectorTest(fixture)
{
    [Fact]
    public void The_director_at_a_glance_counts_what_there_is()
    {
        Restore("-A -t 192.0.2.10:80 -s rr", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m", "-A -f 7 -s rr", "-a -f 7 -r 192.0.2.21:0 -g");

        LvsDirector director = (LvsDirector)Assert.Single(Succeed("Get-LvsDirector")).BaseObject;

        Assert.True(director.IpvsLoaded);
        Assert.Equal((2, 2, new Version(1, 2, 1)), (director.VirtualServices, director.RealServers, director.IpvsVersion));
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), director.KernelRelease);
        Assert.Contains("wlc", director.Schedulers);
        Assert.DoesNotContain("ftp", director.Schedulers);
        Assert.Null(director.Remedy);
    }

    [Fact]
    public void Timeouts_are_set_one_by_one_and_read_by_ipvsadm()
    {
        Succeed("Set-LvsTimeout -Tcp 800; Set-LvsTimeout -Udp 100");

        Assert.Equal("Timeout (tcp tcpfin udp): 800 120 100", Director.Run("ipvsadm -Ln --timeout").Trim());
        LvsTimeout timeout = (LvsTimeout)Assert.Single(Succeed("Set-LvsTimeout 10 20 30 -PassThru")).BaseObject;
        Assert.Equal((10u, 20u, 30u), (timeout.Tcp, timeout.TcpFin, timeout.Udp));
    }

    [Fact]
    public void Sync_daemons_start_with_every_option_are_read_and_stop()
    {
        Director.Run("ip link add eth0 type dummy");
        Director.Run("ip link set eth0 up");

        Succeed("Start-LvsSyncDaemon Master eth0 -SyncId 7 -MaximumLength 1400 -MulticastGroup 224.0.0.99 -MulticastPort 9000 -MulticastTtl 3");
        Succeed("Start-LvsSyncDaemon Backup eth0 -SyncId 8");

        string shown = Director.Run("ipvsadm -Ln --daemon");
        Assert.Contains("master sync daemon (mcast=eth0, syncid=7, maxlen=1400, group=224.0.0.99, port=9000, ttl=3)", shown, StringComparison.Ordinal);
        Assert.Contains("backup sync daemon (mcast=eth0, syncid=8", shown, StringComparison.Ordinal);
        LvsSyncDaemon master = (LvsSyncDaemon)Assert.Single(Succeed("Get-LvsSyncDaemon Master")).BaseObject;
        Assert.Equal(("eth0", (byte)7, (ushort?)9000, "224.0.0.99"), (master.Interface, master.SyncId, master.MulticastPort, master.MulticastGroup.ToString()));
        Assert.Equal("SyncDaemonRunning,LvsAdmin.Commands.StartLvsSyncDaemonCommand", Fail("Start-LvsSyncDaemon Master eth0").FullyQualifiedErrorId);

        Succeed("Get-LvsSyncDaemon | Stop-LvsSyncDaemon");
        Assert.Empty(Succeed("Get-LvsSyncDaemon"));
    }

    [Fact]
    public void Statistics_come_for_the_director_its_services_and_their_servers_and_are_reset()
    {
        Restore("-A -t 192.0.2.10:80 -s rr", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m", "-A -f 7 -s rr");

        Assert.Equal(
            ["Director", "VirtualService tcp/192.0.2.10:80", "RealServer tcp/192.0.2.10:80 192.0.2.21:80", "VirtualService fwmark/7"],
            Lines("Get-LvsStatistics"));
        Assert.Equal(["VirtualService tcp/192.0.2.10:80", "RealServer tcp/192.0.2.10:80 192.0.2.21:80"], Lines("Get-LvsStatistics 192.0.2.10:80"));
        Assert.Equal(["Director"], Lines("Get-LvsStatistics -Scope Director"));
        Succeed("Reset-LvsStatistics; Reset-LvsStatistics fwmark/7; Get-LvsVirtualService | Reset-LvsStatistics");
        Assert.Equal("ServiceNotFound,LvsAdmin.Commands.ResetLvsStatisticsCommand", Fail("Reset-LvsStatistics fwmark/8").FullyQualifiedErrorId);

        string[] Lines(string script) =>
            [.. Succeed(script).Select(value => (LvsTrafficStatistics)value.BaseObject).Select(value => $"{value.Scope} {value.VirtualService} {value.RealServer}".TrimEnd())];
    }

    [Fact]
    public void Kernel_parameters_are_read_with_their_meaning_and_set_by_type()
    {
        LvsKernelParameter parameter = (LvsKernelParameter)Assert.Single(Succeed("Get-LvsKernelParameter conntrack")).BaseObject;
        Assert.Equal(false, parameter.Value);
        Assert.NotEmpty(parameter.Description);

        Succeed("Set-LvsKernelParameter conntrack $true; Set-LvsKernelParameter net.ipv4.vs.sync_threshold '4 60'; Set-LvsKernelParameter am_droprate 5");

        Assert.Equal("1", Director.Run("cat /proc/sys/net/ipv4/vs/conntrack").Trim());
        Assert.Equal("5", Director.Run("cat /proc/sys/net/ipv4/vs/am_droprate").Trim());
        Assert.Contains("conntrack 1 -> 0", Run("Set-LvsKernelParameter conntrack 0 -WhatIf").HostText, StringComparison.Ordinal);
        Assert.Equal("ParameterMissing,LvsAdmin.Commands.SetLvsKernelParameterCommand", Fail("Set-LvsKernelParameter nosuch 1").FullyQualifiedErrorId);
        Assert.Equal("InvalidKernelParameterValue,LvsAdmin.Commands.SetLvsKernelParameterCommand", Fail("Set-LvsKernelParameter conntrack 7").FullyQualifiedErrorId);
        Assert.True(Succeed("Get-LvsKernelParameter").Count >= 25);
    }

    [Fact]
    public void Completion_offers_what_the_director_has()
    {
        Restore("-A -t 192.0.2.10:80 -s rr", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m", "-A -u [2001:db8::10]:53 -s rr");
        string there = $" -NetworkNamespace {Director.Path} ";

        Assert.Equal(["192.0.2.10:80"], Offers($"Get-LvsVirtualService{there}-VirtualService 192"));
        Assert.Equal(["'udp/[2001:db8::10]:53'"], Offers($"Get-LvsVirtualService{there}-VirtualService udp"));
        Assert.Equal(["192.0.2.21:80"], Offers($"Set-LvsRealServer{there}-VirtualService 192.0.2.10:80 -RealServer "));
        Assert.Equal(["lblc", "lblcr", "lc"], Offers($"New-LvsVirtualService{there}-Scheduler l"));
        Assert.Equal(["lo"], Offers($"Start-LvsSyncDaemon Master{there}-Interface l"));
        Assert.Contains("conntrack", Offers($"Get-LvsKernelParameter{there}-Name conn"));
        Assert.Empty(Offers("Get-LvsVirtualService -NetworkNamespace nosuch -VirtualService 192"));

        string[] Offers(string line) => [.. Engine.Complete(line).CompletionMatches.Select(match => match.CompletionText)];
    }

    [Fact]
    public async Task A_long_listing_ends_when_it_is_stopped()
    {
        Restore([.. Enumerable.Range(1, 250).Select(port => $"-A -t 192.0.2.10:{port} -s rr")]);
        Stopwatch watch = Stopwatch.StartNew();
        Task<EngineResult> endless = Task.Run(() => Run("while ($true) { Get-LvsRealServer }"), TestContext.Current.CancellationToken);

        await Task.Delay(500, TestContext.Current.CancellationToken);
        TimeSpan stopped = watch.Elapsed;
        Engine.Stop();
        EngineResult result = await endless;

        Assert.True(result.Stopped);
        Assert.True(watch.Elapsed - stopped < TimeSpan.FromSeconds(5), $"it took {watch.Elapsed - stopped} to stop");
        Assert.Equal(250, Succeed("Get-LvsVirtualService").Count);
    }

    [Fact]
    public void A_pipeline_that_takes_only_the_first_leaves_the_director_usable()
    {
        Restore("-A -t 192.0.2.10:80 -s rr", "-A -t 192.0.2.11:80 -s rr");

        Assert.Single(Succeed("foreach ($service in Get-LvsVirtualService) { $service; break }"));
        Assert.Equal(2, Succeed("Get-LvsVirtualService").Count);
    }
}
