using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

public sealed class RealServerTests(CmdletFixture fixture) : DirectorTest(fixture)
{
    private const string Service = "-A -t 192.0.2.10:80 -s rr";

    [Theory]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21:8080 -Forwarding Nat -Weight 5", "-a -t 192.0.2.10:80 -r 192.0.2.21:8080 -m -w 5")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21 masq", "")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -Forwarding ipip -Weight 0", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -i -w 0 --tun-type ipip")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -Forwarding TUN -TunnelType Gre -TunnelChecksum Checksum", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -i -w 1 --tun-type gre --tun-csum")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -Forwarding Tunnel -TunnelType Gue -TunnelPort 5555 -TunnelChecksum Remote", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-remcsum")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 2001:db8::21 -Forwarding Tunnel", "-a -t 192.0.2.10:80 -r [2001:db8::21]:80 -i -w 1 --tun-type ipip")]
    [InlineData("Add-LvsRealServer -Address 192.0.2.10 -Port 80 -RealServer 192.0.2.21 -Forwarding -m", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m -w 1")]
    [InlineData("'192.0.2.10:80' | Add-LvsRealServer 192.0.2.21", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1")]
    public void A_typed_line_adds_the_server_that_ipvsadm_shows(string line, string rule)
    {
        Restore(Service);

        EngineResult result = Run(line);

        Assert.Equal(rule.Length == 0, result.HadErrors);
        Assert.Equal(rule.Length == 0 ? [] : [rule], Saved().Where(saved => saved.StartsWith("-a", StringComparison.Ordinal)).Select(Plain));
    }

    [Fact]
    public void The_service_from_the_pipeline_makes_the_servers_the_first_argument()
    {
        Restore(Service);

        Succeed("Get-LvsVirtualService 192.0.2.10:80 | Add-LvsRealServer 192.0.2.21, 192.0.2.22:8080 -Forwarding Nat -Weight 100");

        Assert.Equal(
            ["-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m -w 100", "-a -t 192.0.2.10:80 -r 192.0.2.22:8080 -m -w 100"],
            Saved().Skip(1).Select(Plain).Order());
    }

    [Fact]
    public void Servers_come_from_a_table_by_property_name()
    {
        Restore(Service, "-A -u 192.0.2.10:53 -s rr");

        Succeed("""
            [pscustomobject]@{ VirtualService = '192.0.2.10:80'; RealServer = '192.0.2.21'; Weight = '7'; Forwarding = 'gate' },
            [pscustomobject]@{ VirtualService = 'udp/192.0.2.10:53'; RealServer = '192.0.2.22'; Forwarding = 'masq' } | Add-LvsRealServer
            [pscustomobject]@{ VirtualService = '192.0.2.10:80'; RealServer = '192.0.2.21'; Weight = 9 } | Set-LvsRealServer
            """);

        Assert.Contains("-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 9", Saved().Select(Plain));
        Assert.Contains("-a -u 192.0.2.10:53 -r 192.0.2.22:53 -m -w 1", Saved().Select(Plain));
    }

    [Theory]
    [InlineData("-Weight 9", "-i -w 9 --tun-type gue --tun-port 5555 --tun-csum")]
    [InlineData("-TunnelPort 6080", "-i -w 3 --tun-type gue --tun-port 6080 --tun-csum")]
    [InlineData("-TunnelType Gre -TunnelPort 0", "-i -w 3 --tun-type gre --tun-csum")]
    [InlineData("-Forwarding DirectRouting", "-g -w 3")]
    public void Set_changes_what_is_named_and_keeps_the_rest(string arguments, string expected)
    {
        Restore(Service, "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -i -w 3 -x 100 -y 50 --tun-type gue --tun-port 5555 --tun-csum");

        LvsRealServer server = (LvsRealServer)Assert.Single(Succeed($"Set-LvsRealServer 192.0.2.10:80 192.0.2.21 {arguments} -PassThru")).BaseObject;

        Assert.Equal($"-a -t 192.0.2.10:80 -r 192.0.2.21:80 {expected}", Plain(Saved()[1]));
        Assert.Equal((100u, 50u), (server.UpperThreshold, server.LowerThreshold));
        Assert.Matches(@"192\.0\.2\.21:80\s+100\s+50\s", Director.Run("ipvsadm -Ln --thresholds"));
    }

    [Fact]
    public void A_stale_object_does_not_write_its_old_values_back()
    {
        Restore(Service, "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m -w 3");

        Succeed("""
            $old = Get-LvsRealServer
            Set-LvsRealServer 192.0.2.10:80 192.0.2.21 -Weight 50
            $old | Set-LvsRealServer -UpperThreshold 10
            """);

        Assert.Equal("-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m -w 50", Plain(Saved()[1]));
    }

    [Fact]
    public void A_quiesced_server_is_found_and_shown_with_old_and_new_weight()
    {
        Restore(Service, "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m -w 0", "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -m -w 5");

        EngineResult result = Run("Get-LvsRealServer | Where-Object Weight -eq 0 | Set-LvsRealServer -Weight 100 -WhatIf");

        Assert.Contains("Set Weight: 0 -> 100", result.HostText, StringComparison.Ordinal);
        Assert.Contains("192.0.2.21:80 of tcp/192.0.2.10:80 on localhost", result.HostText, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.22", result.HostText, StringComparison.Ordinal);
        Assert.Contains(Saved(), rule => rule.Contains("-r 192.0.2.21:80 -m -w 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_are_chosen_by_address_port_and_wildcard_in_one_service_or_in_all()
    {
        Restore(
            Service, "-A -t 192.0.2.11:80 -s rr",
            "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m", "-a -t 192.0.2.10:80 -r 192.0.2.21:81 -m", "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -m",
            "-a -t 192.0.2.11:80 -r 192.0.2.21:80 -m");

        Assert.Equal(["192.0.2.21:80", "192.0.2.21:81"], Names("Get-LvsRealServer 192.0.2.10:80 192.0.2.21"));
        Assert.Equal(["192.0.2.21:81"], Names("Get-LvsRealServer 192.0.2.10:80 192.0.2.21:81"));
        Assert.Equal(["192.0.2.21:80", "192.0.2.21:81", "192.0.2.22:80"], Names("Get-LvsVirtualService *.10:80 | Get-LvsRealServer *"));
        Assert.Equal(["192.0.2.22:80"], Names("Get-LvsVirtualService *.10:80 | Get-LvsRealServer 192.0.2.22"));
        Assert.Equal(4, Names("Get-LvsRealServer").Length);
        Assert.Equal(["192.0.2.22:80"], Names("Get-LvsRealServer * 192.0.2.22"));
        Assert.Empty(Names("Get-LvsRealServer * 198.51.100.*"));
        Assert.Equal("RealServerNotFound,LvsAdmin.Commands.GetLvsRealServerCommand", Fail("Get-LvsRealServer * 192.0.2.99").FullyQualifiedErrorId);

        Succeed("Remove-LvsRealServer 192.0.2.10:80 192.0.2.21");
        Assert.Equal(["192.0.2.22:80", "192.0.2.21:80"], Names("Get-LvsRealServer"));

        string[] Names(string script) => [.. Succeed(script).Select(server => server.BaseObject.ToString()!)];
    }

    [Fact]
    public void A_server_that_is_there_already_is_one_error_and_the_others_are_added()
    {
        Restore(Service, "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m");

        EngineResult result = Run("Add-LvsRealServer 192.0.2.10:80 192.0.2.20, 192.0.2.21, 192.0.2.22 -Forwarding Nat -PassThru");

        Assert.Equal("RealServerExists,LvsAdmin.Commands.AddLvsRealServerCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal("192.0.2.21:80", Assert.Single(result.Errors).TargetObject.ToString());
        Assert.Equal(["192.0.2.20:80", "192.0.2.22:80"], result.Output.Select(server => server.BaseObject.ToString()));
    }

    [Theory]
    [InlineData("-Forwarding DirectRouting", "never rewritten")]
    [InlineData("-Forwarding Tunnel", "never rewritten")]
    public void Another_port_without_NAT_is_warned_of(string arguments, string warning)
    {
        Restore(Service);

        Assert.Contains(warning, Assert.Single(Run($"Add-LvsRealServer 192.0.2.10:80 192.0.2.21:8080 {arguments}").Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_are_copied_to_another_director_by_the_pipeline()
    {
        using Support.NamespaceThread other = new();
        Restore(Service, "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -i -w 3 --tun-type gue --tun-port 5555 --tun-csum");

        Succeed($"Get-LvsVirtualService | New-LvsVirtualService -NetworkNamespace {other.Path}; Get-LvsRealServer | Add-LvsRealServer -NetworkNamespace {other.Path}");

        Assert.Equal(Director.Run("ipvsadm", ["-S", "-n"]), other.Run("ipvsadm", ["-S", "-n"]));
    }

    // What ipvsadm adds to a rule as its own default differs among its versions.
    private static string Plain(string rule) => rule.Replace(" --tun-nocsum", string.Empty, StringComparison.Ordinal).TrimEnd();
}
