using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>The desired state as an administrator types it, on a kernel with ipvsadm as the witness.</summary>
public sealed class ConfigurationTests : DirectorTest
{
    private const string Document = """
        {
          "scope": ["tcp/192.0.2.1?:*"],
          "serverLists": { "web": ["192.0.2.21", { "realServer": "192.0.2.22", "weight": 3 }] },
          "virtualServices": [
            { "virtualService": "tcp/192.0.2.10:80", "scheduler": "wlc", "realServers": "web" },
            { "virtualService": "tcp/192.0.2.10:443", "scheduler": "sh", "schedulerFlags": "sh-port", "forwarding": "Nat", "realServers": "web" }
          ]
        }
        """;

    private static readonly string[] Wanted =
    [
        "-A -t 192.0.2.10:80 -s wlc", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1", "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -g -w 3",
        "-A -t 192.0.2.10:443 -s sh -b sh-port", "-a -t 192.0.2.10:443 -r 192.0.2.21:443 -m -w 1", "-a -t 192.0.2.10:443 -r 192.0.2.22:443 -m -w 3",
    ];

    private static readonly string[] Before =
    [
        "-A -t 192.0.2.10:80 -s rr", "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 1", "-a -t 192.0.2.10:80 -r 192.0.2.29:80 -g -w 1", "-A -t 192.0.2.11:80 -s rr",
        "-A -t 198.51.100.10:80 -s rr",
    ];

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("lvs-configuration-").FullName, "web.json");

    public ConfigurationTests(CmdletFixture fixture)
        : base(fixture)
    {
        File.WriteAllText(_file, Document);
        Restore(Before);
    }

    [Fact]
    public void Sync_makes_the_table_as_the_file_says_and_what_if_shows_it_without()
    {
        EngineResult shown = Run($"Sync-LvsConfiguration '{_file}' -WhatIf");
        Assert.False(shown.HadErrors);
        Assert.Contains("virtual service tcp/192.0.2.10:80", shown.HostText, StringComparison.Ordinal);
        Assert.Contains("~ tcp/192.0.2.10:80 Scheduler: rr -> wlc", shown.HostText, StringComparison.Ordinal);
        Assert.Contains("+ tcp/192.0.2.10:80 -> 192.0.2.22:80 (Forwarding DirectRouting, Weight 3)", shown.HostText, StringComparison.Ordinal);
        Assert.Contains("- tcp/192.0.2.10:80 -> 192.0.2.29:80", shown.HostText, StringComparison.Ordinal);
        Assert.Equal(Before.Order(), Saved().Order());

        LvsSyncResult result = (LvsSyncResult)Assert.Single(Succeed($"Sync-LvsConfiguration '{_file}' -PassThru")).BaseObject;
        Assert.True(result.Succeeded);
        Assert.Equal([.. Wanted, "-A -t 192.0.2.11:80 -s rr", "-A -t 198.51.100.10:80 -s rr"], SavedPlain());

        // By the object, and with what is one too many.
        Succeed($"Import-LvsConfiguration '{_file}' | Sync-LvsConfiguration -Prune");
        Assert.Equal([.. Wanted, "-A -t 198.51.100.10:80 -s rr"], SavedPlain());
        Assert.Contains(Run($"Sync-LvsConfiguration '{_file}' -Verbose").Verbose, text => text.Contains("already as wanted", StringComparison.Ordinal));
    }

    [Fact]
    public void Compare_shows_a_plan_and_Test_says_yes_or_no()
    {
        LvsConfigurationChange[] changes = [.. Succeed($"Compare-LvsConfiguration '{_file}'").Select(change => (LvsConfigurationChange)change.BaseObject)];
        Assert.Equal(["~", "+", "-", "+", "+", "+", "?"], changes.Select(change => change.Sign));
        Assert.Equal(false, Assert.Single(Succeed($"Test-LvsConfiguration '{_file}'")).BaseObject);
        PSObject detailed = Assert.Single(Succeed($"Test-LvsConfiguration '{_file}' -Detailed"));
        Assert.Equal(false, detailed.Properties["InDesiredState"].Value);
        Assert.Equal(7, ((IReadOnlyList<LvsConfigurationChange>)detailed.Properties["Changes"].Value).Count);

        Succeed($"Sync-LvsConfiguration '{_file}' -Prune");
        Assert.Empty(Succeed($"Compare-LvsConfiguration '{_file}'"));
        Assert.Equal(true, Assert.Single(Succeed($"Test-LvsConfiguration '{_file}'")).BaseObject);
        Assert.Equal(true, Assert.Single(Succeed($"Import-LvsConfiguration '{_file}' | Test-LvsConfiguration")).BaseObject);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_approved_plan_is_carried_out_only_while_the_director_is_as_it_was(bool fromFile)
    {
        Keep("$plan", Succeed($"Compare-LvsConfiguration '{_file}' -Prune -AsPlan"), fromFile);
        Director.Run("ipvsadm", ["-E", "-t", "192.0.2.11:80", "-s", "lc"]);
        Assert.StartsWith("PlanOutdated", Fail("Sync-LvsConfiguration -Plan $plan").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-A -t 192.0.2.11:80 -s lc", Saved());

        Director.Run("ipvsadm", ["-E", "-t", "192.0.2.11:80", "-s", "rr"]);
        Succeed("$plan | Sync-LvsConfiguration");
        Assert.Equal([.. Wanted, "-A -t 198.51.100.10:80 -s rr"], SavedPlain());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_checkpoint_brings_the_whole_table_back(bool fromFile)
    {
        Keep("$before", Succeed("Checkpoint-LvsTable"), fromFile);
        Succeed($"Sync-LvsConfiguration '{_file}' -Prune; New-LvsVirtualService udp/192.0.2.99:53; Set-LvsTimeout -Udp 77");
        Succeed("$before | Restore-LvsTable");
        Assert.Equal(Before.Order(), Saved().Order());
        Assert.Equal("300", $"{Succeed("(Get-LvsTimeout).Udp")[0]}");
        Assert.Empty(Succeed("Restore-LvsTable -Checkpoint $before -PassThru")[0].Properties["Steps"].Value as IReadOnlyList<LvsSyncStep> ?? throw new InvalidOperationException());
    }

    [Fact]
    public void Export_writes_what_the_director_has_and_it_differs_in_nothing()
    {
        string exported = Path.Combine(Path.GetDirectoryName(_file)!, "exported.json");
        string rules = Path.Combine(Path.GetDirectoryName(_file)!, "exported.rules");
        Succeed($"Sync-LvsConfiguration '{_file}'; Set-LvsKernelParameter conntrack 1; Export-LvsConfiguration '{exported}'; Export-LvsConfiguration '{rules}' -Format Ipvsadm -TableOnly");
        Assert.Empty(Succeed($"Compare-LvsConfiguration '{exported}'"));
        Assert.Equal(Saved().Order(), File.ReadAllLines(rules).Where(line => line.StartsWith("-A", StringComparison.Ordinal) || line.StartsWith("-a", StringComparison.Ordinal)).Select(line => line.Trim()).Order());
        Assert.Contains("conntrack", File.ReadAllText(exported), StringComparison.Ordinal);
        LvsConfiguration some = (LvsConfiguration)Assert.Single(Succeed("Export-LvsConfiguration -VirtualService 'tcp/192.0.2.10:*'")).BaseObject;
        Assert.Equal(2, some.VirtualServices.Count);
        Assert.Empty(Succeed("Export-LvsConfiguration | Compare-LvsConfiguration"));
    }

    [Fact]
    public void A_suspended_server_stays_so_until_it_is_resumed()
    {
        Succeed($"Sync-LvsConfiguration '{_file}' -Prune");
        Assert.Equal("0", $"{Assert.Single(Succeed("Suspend-LvsRealServer 192.0.2.10:80 192.0.2.22 -Reason 'new disk' -PassThru")).Properties["Weight"].Value}");
        // Again, and for all services.
        Succeed("Suspend-LvsRealServer * 192.0.2.22 -Reason 'new disks'");
        Assert.Equal(["tcp/192.0.2.10:80 new disks 3", "tcp/192.0.2.10:443 new disks 3"], Succeed("Get-LvsRealServer -Held").Select(Held).OrderByDescending(text => text.Length > 30).ThenBy(text => text.Length));
        Assert.Equal(["=", "="], Succeed($"Compare-LvsConfiguration '{_file}'").Select(change => $"{change.Properties["Sign"].Value}"));
        Assert.Equal(true, Assert.Single(Succeed($"Test-LvsConfiguration '{_file}'")).BaseObject);
        Succeed($"Sync-LvsConfiguration '{_file}'");
        Assert.Equal(2, Saved().Count(rule => rule.EndsWith("-w 0", StringComparison.Ordinal)));

        Assert.Contains("(Weight: 0 -> 3)", Run("Resume-LvsRealServer 192.0.2.10:80 192.0.2.22 -WhatIf").HostText, StringComparison.Ordinal);
        Succeed("Resume-LvsRealServer 192.0.2.10:80 192.0.2.22");
        Assert.StartsWith("NotHeld", Fail("Resume-LvsRealServer 192.0.2.10:80 192.0.2.22").FullyQualifiedErrorId, StringComparison.Ordinal);
        Succeed("Get-LvsRealServer -Held | Resume-LvsRealServer -Weight 7");
        Assert.Contains("-a -t 192.0.2.10:443 -r 192.0.2.22:443 -m -w 7", Saved());
        Assert.Empty(Succeed("Resume-LvsRealServer * *; Get-LvsRealServer -Held"));

        static string Held(PSObject server) => $"{server.Properties["VirtualService"].Value} {((LvsHold)server.Properties["Hold"].Value).Reason} {((LvsHold)server.Properties["Hold"].Value).Weight}";
    }

    [Theory]
    [InlineData("Sync-LvsConfiguration", "ConfigurationMissing")]
    [InlineData("Compare-LvsConfiguration", "ConfigurationMissing")]
    [InlineData("Import-LvsConfiguration FILE | Sync-LvsConfiguration FILE", "ConfigurationNamedTwice")]
    [InlineData("Sync-LvsConfiguration FILE -MinimumAvailable 120%", "InvalidMinimum")]
    [InlineData("Sync-LvsConfiguration -Plan 7", "PlanInvalid")]
    [InlineData("7 | Sync-LvsConfiguration", "ConfigurationUnknown")]
    [InlineData("Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21 -Until 2020-01-01", "HoldInThePast")]
    [InlineData("Suspend-LvsRealServer 192.0.2.10:80 192.0.2.77", "RealServerNotFound")]
    [InlineData("Resume-LvsRealServer 192.0.2.10:80 192.0.2.21", "NotHeld")]
    public void What_cannot_be_is_an_error_with_an_id(string line, string id)
    {
        EngineResult result = Run(line.Replace("FILE", $"'{_file}'", StringComparison.Ordinal));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(Before.Order(), Saved().Order());
    }

    // As a variable; from a file, it has been through PowerShell's own serialisation.
    private void Keep(string variable, IReadOnlyList<PSObject> values, bool fromFile)
    {
        PSObject value = Assert.Single(values);
        Assert.False(Engine.Run($"{variable} = @($input)[0]", fromFile ? PSSerializer.Deserialize(PSSerializer.Serialize(value)) : value).HadErrors);
    }

    private string[] SavedPlain() => [.. Saved().Select(rule => rule.Replace(" --tun-type ipip", string.Empty, StringComparison.Ordinal)).OrderBy(rule => Array.IndexOf(Wanted, rule) is var at && at < 0 ? int.MaxValue : at).ThenBy(rule => rule, StringComparer.Ordinal)];
}
