using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Configuration;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Desired states as files and texts, without a director.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class ConfigurationTextTests(CmdletFixture fixture) : IDisposable
{
    private const string Psd1 = """
        # For people.
        @{
            Owner = 'web team'
            serverlists = @{ web = '192.0.2.21', "192.0.2.22:8080" }
            VirtualServices = @(
                @{ VirtualService = 'tcp/192.0.2.10:80'; RealServers = 'web'; Weight = 5; OnePacket = $false; HealthCheck = $null }
                @{ VirtualService = 'udp/192.0.2.10:53'
                   RealServers = @(@{ RealServer = '192.0.2.23'; Weight = 0x10 }) }
            )
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-documents-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_imported_by_its_ending_and_its_place()
    {
        File.WriteAllText(Path.Combine(_folder, "a.json"), """{"owner": "a", "templates": {"unused": {}}}""");
        File.WriteAllText(Path.Combine(_folder, "b.psd1"), Psd1);
        File.WriteAllText(Path.Combine(_folder, "[c].conf"), """{"owner": "c"}""");

        EngineResult result = fixture.Engine.Run($"$before = $ExecutionContext.SessionState.Path.CurrentLocation; $null = $ExecutionContext.SessionState.Path.SetLocation('{_folder}'); Import-LvsConfiguration ?.json, ./b*; Import-LvsConfiguration -LiteralPath '[c].conf' -Format Json; $null = $ExecutionContext.SessionState.Path.SetLocation($before)");

        Assert.Empty(result.Errors);
        Assert.Equal(["a", "web team", "c"], result.Output.Select(each => ((LvsConfiguration)each.BaseObject).Owner));
        Assert.Equal(2, result.Warnings.Count);
        Assert.Equal($"{_folder}/a.json:1: No service uses the template 'unused'. (at templates.unused)", result.Warnings[0]);
        Assert.StartsWith($"{_folder}/b.psd1:6: 192.0.2.22:8080 in tcp/192.0.2.10:80: with DirectRouting the port of a packet is never rewritten", result.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_file_says_what_JSON_says()
    {
        LvsConfiguration read = Read(Psd1, "Psd1");

        Assert.Equal(
            """
            {
              "$schema": "lvsadmin-configuration.schema.json",
              "version": 1,
              "owner": "web team",
              "virtualServices": [
                {
                  "virtualService": "udp/192.0.2.10:53",
                  "scheduler": "wlc",
                  "forwarding": "DirectRouting",
                  "realServers": [
                    { "realServer": "192.0.2.23:53", "weight": 16 }
                  ]
                },
                {
                  "virtualService": "tcp/192.0.2.10:80",
                  "scheduler": "wlc",
                  "forwarding": "DirectRouting",
                  "realServers": [
                    { "realServer": "192.0.2.21:80", "weight": 5 },
                    { "realServer": "192.0.2.22:8080", "weight": 5 }
                  ]
                }
              ]
            }

            """,
            read.Document);
    }

    [Fact]
    public void Both_of_our_formats_round_trip_through_the_cmdlets()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int round = 0; round < 60; round++)
        {
            LvsConfiguration written = RandomDocuments.Next(random);
            foreach (string format in (string[])["Json", "Psd1"])
            {
                EngineResult result = fixture.Engine.Run($"$input | ConvertTo-LvsConfiguration -Format {format} | ConvertFrom-LvsConfiguration -Format {format}", written);

                Assert.True(!result.HadErrors, $"seed {seed}, round {round}, {format}: {string.Join("; ", result.Errors)}\n{Psd1Text.Write(written).Text}");
                Assert.True(
                    ((LvsConfiguration)Assert.Single(result.Output).BaseObject).Document == written.Document, $"seed {seed}, round {round}, {format}:\n{Psd1Text.Write(written).Text}");
            }
        }
    }

    [Theory]
    [InlineData("@{ Owner = \"$HOME\" }", "ConfigurationSyntax", "1", "no data")]
    [InlineData("@{\n Owner = (Get-Date) }", "ConfigurationSyntax", "2", "'Get-Date' is no data")]
    [InlineData("@{\n Owner = web }", "ConfigurationSyntax", "2", "no data")]
    [InlineData("@{\n\n Owner = }", "ConfigurationSyntax", "3", "")]
    [InlineData("@{ Owner = 'a'\n Owner = 'b' }", "ConfigurationKeyTwice", "2", "Owner")]
    [InlineData("@{ Owner = 'a' }; Remove-Item x", "ConfigurationSyntax", "1", "one table")]
    [InlineData("param($x) @{ Owner = 'a' }", "ConfigurationSyntax", "1", "one table")]
    [InlineData("@{ Owner = $(1) }", "ConfigurationSyntax", "1", "no data")]
    [InlineData("@{ Owner = { 1 } }", "ConfigurationSyntax", "1", "no data")]
    [InlineData("@{ Owner = [string] 'x' }", "ConfigurationSyntax", "1", "no data")]
    [InlineData("@{ Owner = 'a' + 'b' }", "ConfigurationSyntax", "1", "no data")]
    [InlineData("@{ VirtualServices = @{\n  VirtualService = 'tcp/192.0.2.10:80'\n  Weigth = 1 } }", "ConfigurationKeyUnknown", "3", "Did you mean weight?")]
    [InlineData("@{ VirtualServices = @{\n  VirtualService = 'tcp/192.0.2.10:80'\n  Weight = -1 } }", "ConfigurationValueInvalid", "3", "virtualServices.weight")]
    [InlineData("'text'", "ConfigurationTypeWrong", "1", "object")]
    public void A_data_file_that_is_wrong_is_told_by_line_and_nothing_in_it_is_run(string text, string id, string line, string words)
    {
        string file = Path.Combine(_folder, "bad.psd1");
        File.WriteAllText(file, text);

        ErrorRecord error = Assert.Single(fixture.Engine.Run($"Import-LvsConfiguration '{file}'").Errors);

        Assert.Equal($"{id},LvsAdmin.Commands.ImportLvsConfigurationCommand", error.FullyQualifiedErrorId);
        Assert.Equal((ErrorCategory.InvalidData, $"{file}:{line}"), (error.CategoryInfo.Category, error.TargetObject));
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Import-LvsConfiguration /nosuch.json", "ConfigurationFileMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-LvsConfiguration -LiteralPath /nosuch.json", "ConfigurationFileMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-LvsConfiguration env:PATH", "ConfigurationFileMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-LvsConfiguration nosuchdrive:x", "ConfigurationFileMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Import-LvsConfiguration / -Format Json", "ConfigurationFileUnreadable", ErrorCategory.ReadError)]
    [InlineData("Import-LvsConfiguration /etc/hosts", "ConfigurationFormatUnclear", ErrorCategory.InvalidArgument)]
    [InlineData("ConvertFrom-LvsConfiguration '{'", "ConfigurationSyntax", ErrorCategory.InvalidData)]
    [InlineData("'{\"owner\":', '7}' | ConvertFrom-LvsConfiguration", "ConfigurationTypeWrong", ErrorCategory.InvalidData)]
    public void What_cannot_be_read_is_one_error(string command, string id, ErrorCategory category)
    {
        ErrorRecord error = Assert.Single(fixture.Engine.Run(command).Errors);

        Assert.StartsWith($"{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
    }

    [Theory]
    [InlineData("@{ VirtualServices = @{ VirtualService = 'tcp/192.0.2.10:80'; RealServers = '192.0.2.21' } }")]
    [InlineData("[pscustomobject] @{ virtualservices = @([pscustomobject] @{ VirtualService = '192.0.2.10:80'; Scheduler = 'wlc'; RealServers = , '192.0.2.21' }) }")]
    [InlineData("[ordered] @{ VirtualServices = @{ VirtualService = [LvsAdmin.Core.Ipvs.LvsServiceId]::Parse('192.0.2.10:80'); Forwarding = [LvsAdmin.Core.Ipvs.LvsForwardingMethod]::DirectRouting; RealServers = @{ RealServer = '192.0.2.21'; Weight = 1 } } }")]
    public void A_table_that_is_typed_is_taken_for_a_desired_state(string table)
    {
        EngineResult result = fixture.Engine.Run($"ConvertTo-LvsConfiguration ({table}) | ConvertFrom-LvsConfiguration");

        Assert.Empty(result.Errors);
        ServiceConfiguration service = Assert.Single(((LvsConfiguration)Assert.Single(result.Output).BaseObject).VirtualServices);
        Assert.Equal(("tcp/192.0.2.10:80", "192.0.2.21:80"), (service.ToString(), Assert.Single(service.RealServers!).ToString()));
    }

    [Theory]
    [InlineData("ConvertTo-LvsConfiguration @{ Ownr = 'x' }", "Did you mean owner?")]
    [InlineData("$t = @{}; $t.VirtualServices = $t; ConvertTo-LvsConfiguration $t", "holds itself")]
    [InlineData("ConvertTo-LvsConfiguration 7", "LvsConfiguration")]
    public void A_table_of_another_shape_is_refused_by_the_parameter(string command, string words) =>
        Assert.Contains(words, Assert.Single(fixture.Engine.Run(command).Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_desired_state_that_was_in_a_file_or_another_session_is_one_still()
    {
        LvsConfiguration live = RandomDocuments.Next(new Random(7));

        EngineResult result = fixture.Engine.Run(
            "$input | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_, 1)) } | ConvertTo-LvsConfiguration", live);

        Assert.Empty(result.Errors);
        Assert.Equal(live.Document.TrimEnd('\n'), Assert.Single(result.Output).BaseObject);
    }

    [Theory]
    [InlineData("Json", "x.json")]
    [InlineData("Psd1", "x.psd1")]
    [InlineData("Ipvsadm", "x.rules")]
    [InlineData("Keepalived", "keepalived.conf")]
    [InlineData("Ldirectord", "ldirectord.cf")]
    public void Every_format_is_written_and_known_by_its_file(string format, string name)
    {
        LvsConfiguration written = JsonText.Read(
            """{"virtualServices": {"virtualService": "tcp/192.0.2.10:80", "scheduler": "wrr", "forwarding": "Nat", "realServers": ["192.0.2.21", {"realServer": "192.0.2.22", "weight": 3}]}}""",
            null).Configuration;

        File.WriteAllText(Path.Combine(_folder, name), (string)Assert.Single(fixture.Engine.Run($"$input | ConvertTo-LvsConfiguration -Format {format}", written).Output).BaseObject + "\n");
        EngineResult result = fixture.Engine.Run($"Import-LvsConfiguration '{_folder}/{name}'");

        Assert.Empty(result.Errors);
        ServiceConfiguration service = Assert.Single(((LvsConfiguration)Assert.Single(result.Output).BaseObject).VirtualServices);
        Assert.Equal(written.VirtualServices[0].Settings, service.Settings);
        Assert.Equal(written.VirtualServices[0].RealServers!.Select(server => server.Settings), service.RealServers!.Select(server => server.Settings));
    }

    [Fact]
    public void Names_and_included_files_are_those_of_this_machine()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "conf.d"));
        File.WriteAllText(Path.Combine(_folder, "keepalived.conf"), "include conf.d/*[a-c].conf\n");
        foreach ((string name, int host) in new[] { ("b.conf", 11), ("a.conf", 10), ("x.conf", 12), (".c.conf", 13), ("d.txt", 14) })
        {
            File.WriteAllText(
                Path.Combine(_folder, "conf.d", name),
                $"virtual_server 192.0.2.{host} 80 {{\n lb_algo rr\n lb_kind NAT\n protocol TCP\n real_server 192.0.2.21 80 {{\n weight 2\n }}\n}}\n");
        }

        EngineResult keepalived = fixture.Engine.Run($"Import-LvsConfiguration '{_folder}/keepalived.conf'");
        Assert.Empty(keepalived.Errors);
        Assert.Equal(
            ["tcp/192.0.2.10:80", "tcp/192.0.2.11:80"],
            ((LvsConfiguration)Assert.Single(keepalived.Output).BaseObject).VirtualServices.Select(service => service.ToString()));

        Assert.Equal(
            ["a.conf", "b.conf"], LocalLookup.Include($"{_folder}/con?.d/[!x]*.conf", null).Select(file => Path.GetFileName(file.Path)));
        Assert.Empty(LocalLookup.Include("conf.d/*", null));

        EngineResult rules = fixture.Engine.Run("'-A -t localhost:http -s rr' | ConvertFrom-LvsConfiguration -Format Ipvsadm");
        Assert.Empty(rules.Errors);
        Assert.Equal("tcp/127.0.0.1:80", Assert.Single(((LvsConfiguration)Assert.Single(rules.Output).BaseObject).VirtualServices).ToString());
    }

    [Fact]
    public void The_view_tells_services_in_eighty_columns()
    {
        LvsConfiguration read = Read(
            """
            @{ Owner = 'web team'; Scope = 'tcp/192.0.2.10:*'; Timeouts = @{ Tcp = 900 }; Forwarding = @{ IPv4 = $true }; KernelParameters = @{ conntrack = 1 }
               SyncDaemons = @{ Role = 'Master'; Interface = 'eth0' }; DirectorVips = @{ Address = '192.0.2.10'; Interface = 'eth0' }
               VirtualServices = @(
                 @{ VirtualService = '192.0.2.10:80'; Scheduler = 'mh'; RealServers = '192.0.2.21', @{ RealServer = '192.0.2.22'; Forwarding = 'masq' } }
                 @{ VirtualService = 'fwmark/7' }) }
            """,
            "Psd1");

        string shown = fixture.Engine.Render([read]);

        Assert.Equal(
            """
            Owner            : web team
            Scope            : tcp/192.0.2.10:*
            Timeouts         : tcp 900 s
            SyncDaemons      : Master on eth0, id 0
            DirectorVips     : 192.0.2.10 eth0
            Forwarding       : IPv4 on
            KernelParameters : conntrack = True
            VirtualServices  : tcp/192.0.2.10:80  mh   2 servers: DirectRouting, Nat
                               fwmark/7           wlc  servers left alone
            """,
            string.Join('\n', shown.Split('\n').Select(line => line.TrimEnd())).Trim('\n'));
    }

    [Fact]
    public void A_damaged_data_file_is_read_or_refused_and_never_more()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        string text = Psd1Text.Write(RandomDocuments.Next(random)).Text;
        for (int round = 0; round < 100; round++)
        {
            int place = random.Next(text.Length - 1);
            int length = Math.Min(random.Next(1, 20), text.Length - place);
            string damaged = random.Next(2) == 0 ? text.Remove(place, length) : text.Insert(random.Next(text.Length), text.Substring(place, length));
            EngineResult result = fixture.Engine.Run("$input | ConvertFrom-LvsConfiguration -Format Psd1", damaged);

            Assert.True(result.Terminating is null && result.Output.Count + result.Errors.Count == 1, $"seed {seed}, round {round}: {result.Terminating}\n{damaged}");
            Assert.All(result.Errors, error => Assert.IsType<LvsConfigurationException>(error.Exception));
        }
    }

    private LvsConfiguration Read(string text, string format)
    {
        EngineResult result = fixture.Engine.Run($"$input | ConvertFrom-LvsConfiguration -Format {format}", text);
        Assert.True(!result.HadErrors, string.Join('\n', result.Errors));
        return (LvsConfiguration)Assert.Single(result.Output).BaseObject;
    }
}
