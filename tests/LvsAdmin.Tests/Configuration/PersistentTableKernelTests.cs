using System.Runtime.Versioning;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Configuration;

/// <summary>A boot played: the commands of the unit, run by a shell with ipvsadm in a fresh namespace, bring the table of the document.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class PersistentTableKernelTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_unit_brings_the_documents_table_back_without_us()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        int seed = Environment.TickCount;
        LvsConfiguration document = RandomTables.Next(new Random(seed)) with
        {
            Timeout = new LvsTimeout { Tcp = 800, TcpFin = 100, Udp = 77 },
            KernelParameters = new Dictionary<string, object> { ["conntrack"] = true },
        };
        await using FakeHost host = new() { NetworkNamespace = null, Program = _ => new ProgramResult(0, string.Empty, string.Empty) };
        host.Files["/etc/systemd/system/other.service"] = "[Unit]\n";
        await HostPlan.ApplyAsync((await PersistentTable.PlanAsync(host, document, [], Stop)).Changes, Stop);

        string folder = Directory.CreateTempSubdirectory("lvs-boot-").FullName;
        try
        {
            await File.WriteAllTextAsync($"{folder}/table.rules", host.Files[PersistentTable.RulesPath], Stop);
            IEnumerable<string> commands = UnitFile.Commands(host.Files["/etc/systemd/system/lvsadmin-table.service"], "ExecStart")
                .Select(command => command.Replace(PersistentTable.RulesPath, $"{folder}/table.rules", StringComparison.Ordinal));
            string parameter = await space.ShellAsync(string.Join('\n', [.. commands, "cat /proc/sys/net/ipv4/vs/conntrack"]));
            Assert.Equal("1", parameter.Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        LvsTimeout timeout = await space.Client.GetTimeoutAsync(Stop);
        Assert.Equal((800u, 100u, 77u), (timeout.Tcp, timeout.TcpFin, timeout.Udp));
        IReadOnlyList<LvsVirtualService> services = await space.Client.GetServicesAsync(Stop);
        Assert.Equal(document.VirtualServices.Select(service => $"{service.VirtualService}").Order(), services.Select(service => $"{service.VirtualService}").Order());
        foreach (ServiceConfiguration wanted in document.VirtualServices)
        {
            LvsVirtualService found = services.Single(service => service.VirtualService == wanted.VirtualService);
            Assert.Equal(SettingsProperties.Of(wanted.Settings), SettingsProperties.Of(found.Settings));
            Assert.True(
                (wanted.RealServers ?? []).Select(server => server.Settings).OrderBy(server => server.RealServer)
                    .SequenceEqual((await space.Client.GetRealServersAsync(wanted.VirtualService, Stop)).Select(server => server.Settings)),
                $"seed {seed}: {wanted.VirtualService}");
        }
    }
}
