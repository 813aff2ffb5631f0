using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

public sealed class VirtualServiceTests(CmdletFixture fixture) : DirectorTest(fixture)
{
    [Theory]
    [InlineData("New-LvsVirtualService 192.0.2.10:80 -Scheduler wlc -PersistenceTimeout 300", "-A -t 192.0.2.10:80 -s wlc -p 300")]
    [InlineData("New-LvsVirtualService 192.0.2.10:80", "-A -t 192.0.2.10:80 -s wlc")]
    [InlineData("New-LvsVirtualService tcp/192.0.2.10:80 -Scheduler rr", "-A -t 192.0.2.10:80 -s rr")]
    [InlineData("New-LvsVirtualService udp/[2001:db8::10]:53 -Scheduler rr -OnePacket", "-A -u [2001:db8::10]:53 -s rr -o")]
    [InlineData("New-LvsVirtualService sctp/192.0.2.10:3868", "-A --sctp-service 192.0.2.10:3868 -s wlc")]
    [InlineData("New-LvsVirtualService fwmark/7 -Scheduler sh -SchedulerFlags sh-port", "-A -f 7 -s sh -b sh-port")]
    [InlineData("New-LvsVirtualService -FirewallMark 7 -AddressFamily IPv6 -Scheduler mh -SchedulerFlags mh-port", "-A -f 7 -6 -s mh -b mh-port")]
    [InlineData("New-LvsVirtualService -Address 192.0.2.10 -Port 53 -Protocol Udp -Scheduler sed", "-A -u 192.0.2.10:53 -s sed")]
    [InlineData("New-LvsVirtualService 192.0.2.10:80 -Scheduler mh -SchedulerFlags mh-fallback, mh-port", "-A -t 192.0.2.10:80 -s mh -b mh-fallback,mh-port")]
    [InlineData("New-LvsVirtualService 192.0.2.10:0 -PersistenceTimeout 60 -PersistencePrefixLength 24", "-A -t 192.0.2.10:0 -s wlc -p 60 -M 255.255.255.0")]
    [InlineData("New-LvsVirtualService udp/192.0.2.10:5060 -PersistenceTimeout 60 -PersistenceEngine sip", "-A -u 192.0.2.10:5060 -s wlc -p 60 --pe sip")]
    [InlineData("New-LvsVirtualService [2001:db8::10]:80 -PersistenceTimeout 60 -PersistencePrefixLength 64", "-A -t [2001:db8::10]:80 -s wlc -p 60 -M 64")]
    public void A_typed_line_makes_the_service_that_ipvsadm_shows(string line, string rule)
    {
        Assert.Empty(Succeed(line));

        Assert.Equal(rule, Assert.Single(Saved()));
    }

    [Theory]
    [InlineData("-A -t 192.0.2.10:80 -s wrr")]
    [InlineData("-A -u [2001:db8::10]:53 -s rr -o")]
    [InlineData("-A -f 7 -6 -s mh -b mh-fallback,mh-port")]
    [InlineData("-A -t 192.0.2.10:0 -s wlc -p 60 -M 255.255.255.0")]
    [InlineData("-A -t [2001:db8::10]:80 -s wlc -p 60 -M 64")]
    [InlineData("-A --sctp-service 192.0.2.10:3868 -s lblcr")]
    [InlineData("-A -f 4000000 -s rr -p 360")]
    public void What_ipvsadm_made_is_read_and_made_anew_from_the_object(string rule)
    {
        Restore(rule);

        Succeed("$services = Get-LvsVirtualService; $services | Remove-LvsVirtualService; Get-LvsVirtualService; $services | New-LvsVirtualService");

        Assert.Equal(rule, Assert.Single(Saved()));
    }

    [Fact]
    public void PassThru_writes_the_service_as_the_kernel_has_it()
    {
        LvsVirtualService service = (LvsVirtualService)Assert.Single(
            Succeed("New-LvsVirtualService 192.0.2.10:80 -Scheduler wlc -PersistenceTimeout 300 -PassThru")).BaseObject;

        Assert.Equal("tcp/192.0.2.10:80", service.VirtualService.ToString());
        Assert.Equal(("wlc", 300u, "localhost", Director.Path), (service.Scheduler, service.PersistenceTimeout, service.HostName, service.NetworkNamespace));
    }

    [Fact]
    public void Services_are_made_from_a_table_by_property_name()
    {
        Succeed("""
            [pscustomobject]@{ VirtualService = '192.0.2.10:80'; Scheduler = 'rr' },
            [pscustomobject]@{ VirtualService = 'udp/192.0.2.10:53'; Scheduler = 'sh'; SchedulerFlags = 'sh-fallback' } | New-LvsVirtualService
            """);

        Assert.Equal(["-A -t 192.0.2.10:80 -s rr", "-A -u 192.0.2.10:53 -s sh -b sh-fallback"], Saved().Order());
    }

    [Fact]
    public void WhatIf_shows_what_would_be_and_changes_nothing()
    {
        Restore("-A -t 192.0.2.10:80 -s rr -p 60", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1");
        string[] before = Saved();

        string shown = Run("""
            New-LvsVirtualService 192.0.2.11:80 -Scheduler wrr -WhatIf
            Set-LvsVirtualService 192.0.2.10:80 -Scheduler wlc -PersistenceTimeout 90 -WhatIf
            Remove-LvsVirtualService 192.0.2.10:80 -WhatIf
            Clear-LvsTable -WhatIf
            Reset-LvsStatistics -WhatIf
            Set-LvsTimeout -Tcp 800 -WhatIf
            """).HostText;

        Assert.Contains("New: Scheduler wrr", shown, StringComparison.Ordinal);
        Assert.Contains("Scheduler: rr -> wlc, PersistenceTimeout: 60 s -> 90 s", shown, StringComparison.Ordinal);
        Assert.Contains("Remove with 1 real servers", shown, StringComparison.Ordinal);
        Assert.Contains("Remove all 1 virtual services", shown, StringComparison.Ordinal);
        Assert.Contains("Tcp: 900 s -> 800 s", shown, StringComparison.Ordinal);
        Assert.Contains($"on localhost (network namespace {Director.Path})", shown, StringComparison.Ordinal);
        Assert.Equal(before, Saved());
        Assert.Equal(900u, ((LvsTimeout)Assert.Single(Succeed("Get-LvsTimeout")).BaseObject).Tcp);
    }

    [Theory]
    [InlineData("-Scheduler rr", "-A -u 192.0.2.10:53 -s rr -p 60 -M 255.255.0.0 --pe sip")]
    [InlineData("-PersistenceTimeout 90", "-A -u 192.0.2.10:53 -s sh -p 90 -M 255.255.0.0 --pe sip -b sh-port")]
    [InlineData("-PersistencePrefixLength $null", "-A -u 192.0.2.10:53 -s sh -p 60 --pe sip -b sh-port")]
    [InlineData("-PersistenceTimeout $null", "-A -u 192.0.2.10:53 -s sh -b sh-port")]
    [InlineData("-PersistenceEngine $null", "-A -u 192.0.2.10:53 -s sh -p 60 -M 255.255.0.0 -b sh-port")]
    [InlineData("-SchedulerFlags none", "-A -u 192.0.2.10:53 -s sh -p 60 -M 255.255.0.0 --pe sip")]
    [InlineData("-OnePacket", "-A -u 192.0.2.10:53 -s sh -p 60 -M 255.255.0.0 --pe sip -o -b sh-port")]
    public void Set_changes_what_is_named_and_keeps_the_rest(string arguments, string rule)
    {
        Succeed("New-LvsVirtualService udp/192.0.2.10:53 -Scheduler sh -SchedulerFlags sh-port -PersistenceTimeout 60 -PersistencePrefixLength 16 -PersistenceEngine sip");

        Succeed($"Set-LvsVirtualService udp/192.0.2.10:53 {arguments}");

        Assert.Equal(rule, Assert.Single(Saved()));
    }

    [Fact]
    public void Set_of_an_object_writes_only_what_the_user_names_and_not_what_the_object_remembers()
    {
        Restore("-A -t 192.0.2.10:80 -s rr");

        Succeed("""
            $old = Get-LvsVirtualService 192.0.2.10:80
            Set-LvsVirtualService 192.0.2.10:80 -Scheduler wrr
            $old | Set-LvsVirtualService -PersistenceTimeout 60
            """);

        Assert.Equal("-A -t 192.0.2.10:80 -s wrr -p 60", Assert.Single(Saved()));
    }

    [Fact]
    public void Set_keeps_a_netmask_that_is_no_prefix()
    {
        Restore("-A -t 192.0.2.10:80 -s rr -p 60 -M 255.0.255.0");

        Succeed("Set-LvsVirtualService 192.0.2.10:80 -PersistenceTimeout 90");

        Assert.Equal("-A -t 192.0.2.10:80 -s rr -p 90 -M 255.0.255.0", Assert.Single(Saved()));
    }

    [Fact]
    public void Set_twice_says_that_nothing_changed()
    {
        Restore("-A -t 192.0.2.10:80 -s rr");

        string verbose = Assert.Single(Run("Set-LvsVirtualService 192.0.2.10:80 -Scheduler rr -Verbose").Verbose);

        Assert.Contains("already as wanted", verbose, StringComparison.Ordinal);
    }

    [Fact]
    public void Wildcards_choose_and_one_that_matches_nothing_is_no_error()
    {
        Restore("-A -t 192.0.2.10:80 -s rr", "-A -u 192.0.2.10:53 -s rr", "-A -t [2001:db8::10]:80 -s rr", "-A -f 7 -s rr");

        Assert.Equal(["tcp/192.0.2.10:80", "tcp/[2001:db8::10]:80"], Names("Get-LvsVirtualService tcp/*"));
        Assert.Equal(["tcp/192.0.2.10:80", "udp/192.0.2.10:53"], Names("Get-LvsVirtualService 192.0.2.*").Order());
        Assert.Equal(["tcp/[2001:db8::10]:80"], Names("Get-LvsVirtualService [2001:db8::1?]:80"));
        Assert.Empty(Names("Get-LvsVirtualService sctp/*"));
        Assert.Equal(["fwmark/7"], Names("'fwmark/7' | Get-LvsVirtualService"));

        string[] Names(string script) => [.. Succeed(script).Select(service => service.BaseObject.ToString()!)];
    }

    [Fact]
    public void One_missing_name_is_one_error_and_the_others_are_written()
    {
        Restore("-A -t 192.0.2.10:80 -s rr");

        EngineResult result = Run("Get-LvsVirtualService 192.0.2.99:80, 192.0.2.10:80, nonsense");

        Assert.Equal("tcp/192.0.2.10:80", Assert.Single(result.Output).BaseObject.ToString());
        Assert.Equal(
            ["ServiceNotFound,LvsAdmin.Commands.GetLvsVirtualServiceCommand", "InvalidVirtualService,LvsAdmin.Commands.GetLvsVirtualServiceCommand"],
            result.Errors.Select(error => error.FullyQualifiedErrorId));
    }

    [Fact]
    public void An_object_goes_back_to_the_namespace_that_it_came_from()
    {
        using Support.NamespaceThread other = new();
        other.Run("ipvsadm", ["-R"], "-A -t 192.0.2.10:80 -s rr\n");
        Restore("-A -t 192.0.2.10:80 -s rr");

        Engine.Run($"$PSDefaultParameterValues = @{{}}; Get-LvsVirtualService -NetworkNamespace {other.Path} | Remove-LvsVirtualService");

        Assert.Empty(other.Run("ipvsadm", ["-S", "-n"]));
        Assert.Single(Saved());
    }

    [Fact]
    public void Clear_asks_first_and_then_empties_the_table()
    {
        Restore("-A -t 192.0.2.10:80 -s rr", "-A -f 7 -s rr");

        Engine.UserInterface.Answers.Enqueue("N");
        Run("Clear-LvsTable");
        Assert.Equal(2, Saved().Length);

        Succeed("Clear-LvsTable -Confirm:$false");
        Assert.Empty(Saved());
        Assert.Empty(Succeed("Get-LvsVirtualService; Get-LvsRealServer"));
    }
}
