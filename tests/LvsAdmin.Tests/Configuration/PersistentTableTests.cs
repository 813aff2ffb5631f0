using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Configuration;

public sealed class PersistentTableTests : IAsyncDisposable
{
    private const string Unit = "/etc/systemd/system/lvsadmin-table.service";
    private const string DaemonsUnit = "/etc/systemd/system/lvsadmin-sync-daemons.service";

    private readonly FakeHost _host = new() { NetworkNamespace = null };

    public PersistentTableTests()
    {
        _host.Files["/etc/systemd/system/other.service"] = "[Unit]\n";
        _host.Program = invocation =>
        {
            // As systemctl does it.
            if (invocation.Program == "systemctl" && invocation.Arguments is [var verb, var unit])
            {
                string link = $"/etc/systemd/system/multi-user.target.wants/{unit}";
                _ = verb == "enable" ? _host.Files[link] = "link\n" : _host.Files.Remove(link) ? string.Empty : null;
            }

            return new ProgramResult(0, string.Empty, string.Empty);
        };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_rules_are_ipvsadms_and_a_unit_gives_them_to_it()
    {
        LvsConfiguration document = Document("tcp/192.0.2.10:80", 3) with
        {
            Timeout = new LvsTimeout { Udp = 77 },
            SyncDaemons = [new LvsSyncDaemon { Role = LvsSyncRole.Backup, Interface = "eth0", SyncId = 5 }],
            KernelParameters = new Dictionary<string, object> { ["conntrack"] = true, ["sync_threshold"] = "3 50" },
        };
        await ApplyAsync(document);

        string[] rules = [.. _host.Files[PersistentTable.RulesPath].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.StartsWith("# LvsAdmin: written by Sync-LvsConfiguration -Persistent", rules[0], StringComparison.Ordinal);
        Assert.Contains("-A -t 192.0.2.10:80 -s wlc", rules);
        Assert.Contains(rules, rule => rule.StartsWith("-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 3", StringComparison.Ordinal));
        Assert.DoesNotContain(rules, rule => rule.Contains("daemon", StringComparison.Ordinal));
        Assert.Contains("--mcast-interface eth0", _host.Files[PersistentTable.DaemonsPath], StringComparison.Ordinal);

        Assert.Equal(
            ["modprobe -q ip_vs || true", "sysctl -q -w \"net.ipv4.vs.conntrack=1\" || true", "sysctl -q -w \"net.ipv4.vs.sync_threshold=3 50\" || true", $"/bin/sh -c \"grep -v '^#' {PersistentTable.RulesPath} | ipvsadm -R\""],
            UnitFile.Commands(_host.Files[Unit], "ExecStart"));
        Assert.Contains("Before=network-pre.target", _host.Files[Unit], StringComparison.Ordinal);
        Assert.Contains("After=network-online.target lvsadmin-table.service", _host.Files[DaemonsUnit], StringComparison.Ordinal);
        Assert.Contains("/etc/systemd/system/multi-user.target.wants/lvsadmin-table.service", _host.Files.Keys);

        // Nothing more to do.
        Assert.Empty((await PersistentTable.PlanAsync(_host, document, [], Stop)).Changes);
    }

    [Fact]
    public async Task Documents_share_the_files_and_the_last_service_takes_them_along()
    {
        LvsConfiguration first = Document("tcp/192.0.2.10:80", 1) with { Scope = ["tcp/192.0.2.10:*"], KernelParameters = new Dictionary<string, object> { ["conntrack"] = true } };
        LvsConfiguration second = Document("udp/192.0.2.11:53", 1);
        await ApplyAsync(first);
        await ApplyAsync(second);
        await ApplyAsync(first with { VirtualServices = [.. Document("tcp/192.0.2.10:443", 2).VirtualServices] });
        string rules = _host.Files[PersistentTable.RulesPath];
        Assert.Contains("-A -u 192.0.2.11:53", rules, StringComparison.Ordinal);
        Assert.Contains("-A -t 192.0.2.10:443", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.10:80", rules, StringComparison.Ordinal);
        Assert.Contains("net.ipv4.vs.conntrack=1", _host.Files[Unit], StringComparison.Ordinal);

        await ApplyAsync(new LvsConfiguration { Scope = ["*"], KernelParameters = new Dictionary<string, object>() });
        Assert.DoesNotContain(PersistentTable.RulesPath, _host.Files.Keys);
        // Parameters that another document named stay; a document cannot say that it no longer wants one.
        Assert.Contains("conntrack", _host.Files[Unit], StringComparison.Ordinal);
        Assert.DoesNotContain("ipvsadm", _host.Files[Unit], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_held_comes_back_at_weight_0_and_with_its_own_when_it_is_resumed()
    {
        LvsConfiguration document = Document("tcp/192.0.2.10:80", 3);
        LvsServiceId service = document.VirtualServices[0].VirtualService;
        LvsServerId server = LvsServerId.Parse("192.0.2.21:80");
        LvsHold hold = new() { VirtualService = service, RealServer = server, Weight = 3, By = "ada", Since = DateTimeOffset.UnixEpoch };
        await ApplyAsync(document, hold);
        Assert.Contains("-w 0", _host.Files[PersistentTable.RulesPath], StringComparison.Ordinal);
        await PersistentTable.SetWeightAsync(_host, service, server, 3, Stop);
        Assert.Contains("-w 3", _host.Files[PersistentTable.RulesPath], StringComparison.Ordinal);
        string kept = _host.Files[PersistentTable.RulesPath];
        await PersistentTable.SetWeightAsync(_host, service, LvsServerId.Parse("192.0.2.99:80"), 0, Stop);
        Assert.Equal(kept, _host.Files[PersistentTable.RulesPath]);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_told()
    {
        LvsConfiguration document = Document("tcp/192.0.2.10:80", 3);
        _host.Files[PersistentTable.RulesPath] = "-A -t 192.0.2.99:80 -s rr\n";
        Assert.Equal(LvsHostError.FileNotOurs, (await Assert.ThrowsAsync<LvsHostException>(() => ApplyAsync(document))).Error);
        _host.Files.Remove(PersistentTable.RulesPath);

        _host.Program = invocation => throw new LvsHostException(LvsHostError.ProgramMissing, $"'{invocation.Program}' is missing.");
        Assert.Equal(LvsHostError.ProgramMissing, (await Assert.ThrowsAsync<LvsHostException>(() => ApplyAsync(document))).Error);

        _host.Files.Clear();
        Assert.Equal(LvsHostError.PersistenceNotSupported, (await Assert.ThrowsAsync<LvsHostException>(() => ApplyAsync(document))).Error);

        _host.NetworkNamespace = "blue";
        Assert.Equal(LvsHostError.PersistenceInNamespace, (await Assert.ThrowsAsync<LvsHostException>(() => ApplyAsync(document))).Error);
        Assert.Empty(_host.Files);
    }

    private async Task ApplyAsync(LvsConfiguration document, params LvsHold[] holds) =>
        await HostPlan.ApplyAsync((await PersistentTable.PlanAsync(_host, document, holds, Stop)).Changes, Stop);

    private static LvsConfiguration Document(string id, int weight) => new()
    {
        VirtualServices =
        [
            new ServiceConfiguration
            {
                Settings = new VirtualServiceSettings { VirtualService = LvsServiceId.Parse(id) },
                RealServers = [new ServerConfiguration { Settings = new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.21:80"), Weight = weight } }],
            },
        ],
    };
}
