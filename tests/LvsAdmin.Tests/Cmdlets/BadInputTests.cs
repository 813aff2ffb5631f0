using System.Management.Automation;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Each of these is one clear error that names the object and the remedy, and changes nothing.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Kernel")]
public sealed class BadInputTests(CmdletFixture fixture, BadInputTests.Table table) : IClassFixture<BadInputTests.Table>
{
    [Theory]
    [InlineData("New-LvsVirtualService 010.0.0.1:80", "InvalidVirtualService", "leading zero")]
    [InlineData("New-LvsVirtualService 1:80", "InvalidVirtualService", "four decimal numbers")]
    [InlineData("New-LvsVirtualService 300.1.1.1:80", "InvalidVirtualService", "greater than 255")]
    [InlineData("New-LvsVirtualService [fe80::1%eth0]:80", "InvalidVirtualService", "zone id")]
    [InlineData("New-LvsVirtualService 192.0.2.10:70000", "InvalidVirtualService", "0 to 65535")]
    [InlineData("New-LvsVirtualService 192.0.2.10", "InvalidVirtualService", "port is missing")]
    [InlineData("New-LvsVirtualService tcp/192.0.2.*", "WildcardNotAllowed", "exactly")]
    [InlineData("New-LvsVirtualService -Address 010.0.0.1 -Port 80", "CannotConvertArgumentNoMessage", "leading zero")]
    [InlineData("New-LvsVirtualService -Address 192.0.2.10 -Port 70000", "ParameterArgumentValidationError", "65535")]
    [InlineData("New-LvsVirtualService 192.0.2.11:0", "PortZeroNeedsPersistence", "-PersistenceTimeout")]
    [InlineData("New-LvsVirtualService 0.0.0.0:80", "AddressNotUnicast", "unicast")]
    [InlineData("New-LvsVirtualService 224.0.0.1:80", "AddressNotUnicast", "unicast")]
    [InlineData("New-LvsVirtualService 192.0.2.10:80", "ServiceExists", "Set-LvsVirtualService")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -Scheduler nosuch", "SchedulerNotFound", "ip_vs_nosuch")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -Scheduler averyveryverylongname", "SchedulerNameInvalid", "15")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -PersistenceTimeout 0", "PersistenceTimeoutOutOfRange", "4294967")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -PersistenceTimeout 4294968", "PersistenceTimeoutOutOfRange", "4294967")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -PersistenceTimeout 60 -PersistencePrefixLength 33", "PersistencePrefixOutOfRange", "1 to 32")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -PersistenceTimeout 60 -PersistenceEngine nosuch", "PersistenceEngineNotFound", "ip_vs_pe_nosuch")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -PersistenceEngine sip", "PersistenceEngineNeedsPersistence", "-PersistenceTimeout")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -OnePacket", "OnePacketNeedsUdp", "UDP")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -Scheduler sh -SchedulerFlags mh-port", "SchedulerFlagMismatch", "mh")]
    [InlineData("New-LvsVirtualService 192.0.2.11:80 -Scheduler mh -SchedulerFlags nosuch", "ParameterArgumentTransformationError", "mh-port")]
    [InlineData("Set-LvsVirtualService 192.0.2.99:80 -Scheduler rr", "ServiceNotFound", "New-LvsVirtualService")]
    [InlineData("Remove-LvsVirtualService 192.0.2.99:80", "ServiceNotFound", "Get-LvsVirtualService")]
    [InlineData("Remove-LvsVirtualService", "VirtualServiceMissing", "first argument")]
    [InlineData("Add-LvsRealServer 192.0.2.99:80 192.0.2.22", "ServiceNotFound", "New-LvsVirtualService")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.21", "RealServerExists", "Set-LvsRealServer")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80", "RealServerMissing", "second argument")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.2*", "WildcardNotAllowed", "exactly")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 2001:db8::21", "MixedFamilyNeedsTunnel", "-Forwarding Tunnel")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 2001:db8::21 -Forwarding Nat", "MixedFamilyNeedsTunnel", "-Forwarding Tunnel")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 224.0.0.1", "InvalidRealServer", "multicast")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 fe80::1", "InvalidRealServer", "link-local")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight -1", "WeightOutOfRange", "2147483647")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight 2147483648", "WeightOutOfRange", "2147483647")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -UpperThreshold 5 -LowerThreshold 6", "ThresholdsCrossed", "lower")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Forwarding Tunnel -TunnelType Gue", "TunnelPortMissing", "-TunnelPort")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Forwarding Tunnel -TunnelPort 5", "TunnelPortNeedsGue", "-TunnelType Gue")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -TunnelType Gre", "TunnelOptionNeedsTunnel", "-Forwarding Tunnel")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Forwarding Bypass", "ParameterArgumentValidationError", "DirectRouting")]
    [InlineData("Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Forwarding nosuch", "CannotConvertArgumentNoMessage", "nosuch")]
    [InlineData("Set-LvsRealServer 192.0.2.10:80 192.0.2.99 -Weight 1", "RealServerNotFound", "Add-LvsRealServer")]
    [InlineData("Set-LvsRealServer 192.0.2.10:80 192.0.2.21 -LowerThreshold 6", "ThresholdsCrossed", "lower")]
    [InlineData("Remove-LvsRealServer 192.0.2.10:80 192.0.2.99", "RealServerNotFound", "Get-LvsRealServer")]
    [InlineData("Get-LvsVirtualService udp/192.0.2.10:80", "ServiceNotFound", "New-LvsVirtualService")]
    [InlineData("5 | Get-LvsRealServer", "VirtualServiceMissing", "no virtual service")]
    [InlineData("'192.0.2.10:80' | Get-LvsVirtualService tcp/*", "VirtualServiceNamedTwice", "one place")]
    [InlineData("Start-LvsSyncDaemon Master nosuch0", "InterfaceNotFound", "ip link")]
    [InlineData("Start-LvsSyncDaemon Master lo -MulticastGroup 192.0.2.1", "GroupNotMulticast", "224.0.0.81")]
    [InlineData("Start-LvsSyncDaemon Master averyverylongname", "InterfaceNameInvalid", "15")]
    [InlineData("Stop-LvsSyncDaemon Backup", "SyncDaemonNotRunning", "Get-LvsSyncDaemon")]
    [InlineData("Set-LvsTimeout -Tcp 0", "ParameterArgumentValidationError", "0")]
    [InlineData("Get-LvsVirtualService -NetworkNamespace nosuch", "NamespaceMissing", "ip netns")]
    public void Bad_input_is_one_clear_error_and_changes_nothing(string line, string id, string words)
    {
        NamespaceThread.RequireIpvs();

        EngineResult result = fixture.Run(table.Path, line);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",LvsAdmin.Commands.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(ErrorCategory.NotSpecified, error.CategoryInfo.Category);
        Assert.Empty(result.Output);
        Assert.Equal(table.Before, table.Saved());
    }

    /// <summary>A table with one service and one server, which no test may change, so that one is enough for all.</summary>
    public sealed class Table : IDisposable
    {
        private readonly NamespaceThread? _director;

        public Table()
        {
            if (!NamespaceThread.HasIpvs)
            {
                return;
            }

            _director = new NamespaceThread();
            _director.Run("ipvsadm", ["-R"], "-A -t 192.0.2.10:80 -s rr\n-a -t 192.0.2.10:80 -r 192.0.2.21:80 -m -w 1\n");
            Before = Saved();
        }

        public string Path => _director!.Path;

        public string Before { get; } = string.Empty;

        public string Saved() => _director!.Run("ipvsadm", ["-S", "-n"]);

        public void Dispose() => _director?.Dispose();
    }
}
