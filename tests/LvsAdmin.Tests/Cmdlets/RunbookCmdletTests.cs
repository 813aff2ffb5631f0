using System.Management.Automation;
using System.Management.Automation.Language;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class RunbookCmdletTests(CmdletFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-runbook").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_runbook_builds_what_it_was_made_from_on_another_director()
    {
        EngineResult result = Run("""
            New-LvsVirtualService 192.0.2.10:80 -Scheduler wrr -LvsSession $a
            Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -Weight 3 -LvsSession $a
            Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Forwarding Tunnel -UpperThreshold 100 -LvsSession $a
            $null = New-LvsRunbook 192.0.2.10:80 $folder -Name web -RealServerHost @{ LvsSession = $a } -LvsSession $a
            & $folder/web.ps1 -Director @{ LvsSession = $b } -RealServerHost @()
            & $folder/web.ps1 -Director @{ LvsSession = $b } -RealServerHost @()
            Compare-LvsConfiguration -Configuration (Checkpoint-LvsTable -LvsSession $a).Configuration -LvsSession $b | ForEach-Object { "$_" }
            (Get-LvsDirectorVip -LvsSession $b).Address
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(["192.0.2.21:80", "192.0.2.22:80", "192.0.2.21:80", "192.0.2.22:80", "192.0.2.10"], result.Output.Select(line => $"{line.Properties["RealServer"]?.Value ?? line}"));
    }

    [Theory]
    [InlineData("New-LvsVirtualService 192.0.2.10:80 -LvsSession $a; Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $a", "tcp-192.0.2.10-80")]
    [InlineData("New-LvsVirtualService '[2001:db8::10]:80' -LvsSession $a; Add-LvsRealServer '[2001:db8::10]:80' 2001:db8::21 -Forwarding Nat -LvsSession $a", "tcp-2001-db8--10-80")]
    [InlineData("New-LvsVirtualService fwmark/7 -LvsSession $a; Add-LvsRealServer fwmark/7 192.0.2.21 -LvsSession $a", "fwmark-7")]
    [InlineData("New-LvsVirtualService udp/192.0.2.10:53 -LvsSession $a", "udp-192.0.2.10-53")]
    public void The_files_are_named_after_the_service_and_are_good_PowerShell(string make, string name)
    {
        EngineResult result = Run($"{make}; (Get-LvsVirtualService -LvsSession $a | New-LvsRunbook -Path $folder/sub -RealServerHost \"netns:o'neill\").Name");

        Assert.Empty(result.Errors);
        Assert.Equal([$"{name}.ps1", $"{name}.Tests.ps1"], result.Output.Select(line => $"{line}"));
        foreach (string file in Directory.GetFiles(Path.Combine(_folder, "sub")))
        {
            Parser.ParseFile(file, out _, out ParseError[] errors);
            Assert.Empty(errors);
            Assert.DoesNotContain("\n\n\n", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_that_are_there_stay_unless_forced_and_WhatIf_writes_none()
    {
        EngineResult result = Run("""
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $a
            New-LvsRunbook 192.0.2.10:80 $folder -Name web -LvsSession $a -WhatIf
            [System.IO.File]::WriteAllText("$folder/web.Tests.ps1", 'mine')
            New-LvsRunbook 192.0.2.10:80 $folder -Name web -LvsSession $a
            [System.IO.File]::ReadAllText("$folder/web.Tests.ps1")
            [System.IO.File]::Exists("$folder/web.ps1")
            (New-LvsRunbook 192.0.2.10:80 $folder -Name web -LvsSession $a -Force).Count
            New-LvsVirtualService 192.0.2.10:81 -LvsSession $a
            (New-LvsRunbook * $folder -Name two -LvsSession $a).Count
            """);

        Assert.Equal(["FileExists", "RunbookNamedTwice"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["mine", "False", "2", "2"], result.Output.Select(line => $"{line}"));
        Assert.Equal(2, result.HostText.Split("What if:").Length - 1);
    }

    [Theory]
    [InlineData("''", "InvalidHost")]
    [InlineData("'netns:'", "InvalidHost")]
    [InlineData("@{ HostName = 'rs1'; Colour = 'red' }", "InvalidHost")]
    [InlineData("@{ UserName = 'root' }", "InvalidHost")]
    [InlineData("@{ HostName = 'rs1'; NetworkNamespace = 'rs1' }", "InvalidHost")]
    [InlineData("([pscustomobject]@{ Name = 'rs1' })", "InvalidHost")]
    [InlineData("'-oProxyCommand=x'", "InvalidHostName")]
    public void What_names_no_host_is_refused(string host, string id)
    {
        EngineResult result = Run($"New-LvsVirtualService 192.0.2.10:80 -LvsSession $a; New-LvsRunbook 192.0.2.10:80 $folder -RealServerHost {host} -LvsSession $a -WhatIf");

        ErrorRecord error = Assert.Single(result.Errors);
        // What is no value of the parameter at all is refused by its binder.
        Assert.True(
            error.FullyQualifiedErrorId.StartsWith($"{id},", StringComparison.Ordinal) || error.FullyQualifiedErrorId.StartsWith("CannotConvertArgumentNoMessage,", StringComparison.Ordinal),
            error.FullyQualifiedErrorId);
        Assert.Contains("host", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'rs[1-2]', 'root@rs3:2222'", "rs1 rs2 root@rs3:2222")]
    [InlineData("@{ HostName = 'rs1', 'rs2'; UserName = 'admin' }", "rs1 rs2")]
    [InlineData("'netns:rs1', @{ NetworkNamespace = 'rs2' }", "rs1 rs2")]
    [InlineData("$a, @{ LvsSession = $b }", "sim-a sim-b")]
    [InlineData("(Get-LvsDirector -LvsSession $b)", "sim-b")]
    public void Hosts_are_named_in_many_ways(string hosts, string names)
    {
        EngineResult result = Run($"New-LvsVirtualService 192.0.2.10:80 -LvsSession $a; $null = New-LvsRunbook 192.0.2.10:80 $folder -Name web -RealServerHost {hosts} -LvsSession $a");

        Assert.Empty(result.Errors);
        string text = File.ReadAllText(Path.Combine(_folder, "web.ps1")).Split("$RealServerHost = @(")[1].Split("\n    )")[0];
        Assert.Equal(names, string.Join(' ', text.Split('\'').Where((_, number) => number % 2 == 1)));
    }

    [Fact]
    public void A_director_lists_the_virtual_IPs_that_it_holds()
    {
        EngineResult result = Run("""
            New-LvsVirtualService 192.0.2.10:80, 192.0.2.10:443, 192.0.2.11:80 -LvsSession $a
            Enable-LvsDirectorVip 192.0.2.10 -LvsSession $a
            Get-LvsDirectorVip -LvsSession $a | ForEach-Object { "$($_.Address)/$($_.PrefixLength) $($_.Interface) $($_.HostName)" }
            (Get-LvsVirtualService 192.0.2.10:* -LvsSession $a | Get-LvsDirectorVip).Interface
            Get-LvsDirectorVip 192.0.2.11 -LvsSession $a
            'nonsense' | Get-LvsDirectorVip -LvsSession $a
            """);

        Assert.Equal(["VipNotFound", "InvalidAddress"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["192.0.2.10/32 eth0 sim-a", "eth0"], result.Output.Select(line => $"{line}"));
    }

    [Fact]
    public void Without_Pester_the_operators_have_no_place()
    {
        ErrorRecord error = Assert.Single(Run("Import-LvsShouldOperator").Errors);

        Assert.Equal("PesterNotLoaded,LvsAdmin.Commands.ImportLvsShouldOperatorCommand", error.FullyQualifiedErrorId);
    }

    // A stand-in takes the operators as Pester does, so that they are tried without it; with it, lab/lab test runs them in the lab.
    [Theory]
    [InlineData("HaveLvsRealServer", "-ActualValue 192.0.2.10:80 -RealServer 192.0.2.21 -On @{ LvsSession = $a }", true, "")]
    [InlineData("HaveLvsRealServer", "-ActualValue (Get-LvsVirtualService 192.0.2.10:80 -LvsSession $a) -RealServer 192.0.2.21 -Weight 0", false, "Expected tcp/192.0.2.10:80 to have the real server 192.0.2.21 with weight 0, but it has 192.0.2.21:80 (DirectRouting, weight 1,")]
    [InlineData("HaveLvsRealServer", "-ActualValue 192.0.2.10:80 -RealServer 192.0.2.29 -On @{ LvsSession = $a }", false, "Expected 192.0.2.10:80 to have the real server 192.0.2.29, but it has none such.")]
    [InlineData("HaveLvsRealServer", "-ActualValue 192.0.2.99:80 -RealServer 192.0.2.21 -On @{ LvsSession = $a } -Negate", true, "")]
    [InlineData("HaveLvsRealServer", "-ActualValue 192.0.2.10:80 -RealServer 192.0.2.21 -On @{ LvsSession = $a } -Negate -Because 'it left'", false, "Expected 192.0.2.10:80 not to have the real server 192.0.2.21, because it left, but it has 192.0.2.21:80")]
    [InlineData("BeDrained", "-ActualValue (Get-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $a)", false, "Expected the real server 192.0.2.21:80 to be drained (weight 0, no connections), but it is 192.0.2.21:80 (DirectRouting, weight 1,")]
    [InlineData("BeDrained", "-ActualValue (Get-LvsRealServer 192.0.2.10:80 192.0.2.22 -LvsSession $a)", true, "")]
    [InlineData("BeServedByLvsHost", "-ActualValue 192.0.2.12 -On @{ LvsSession = $a }", false, "Expected the VIP 192.0.2.12 to be served by sim-a, but sim-a does not serve 192.0.2.12")]
    [InlineData("BeServedByLvsHost", "-ActualValue 192.0.2.12 -On @{ LvsSession = $b }", true, "")]
    [InlineData("BeInLvsState", "-ActualValue @{ LvsSession = $a } -Configuration (Checkpoint-LvsTable -LvsSession $a).Configuration", true, "")]
    [InlineData("BeInLvsState", "-ActualValue @{ LvsSession = $b } -Configuration (Checkpoint-LvsTable -LvsSession $a).Configuration", false, "differences: Add tcp/192.0.2.10:80")]
    [InlineData("AnswerArpOnlyFromDirector", "-ActualValue 192.0.2.10 -Director @{ LvsSession = $a } -From @{ LvsSession = $b }", false, "the director does not hold it")]
    public void The_operators_judge_what_hosts_say_now(string name, string arguments, bool succeeds, string message)
    {
        EngineResult result = Run($$"""
            $global:operators = @{}
            New-Module Pester {
                function Add-ShouldOperator { param($Name, $InternalName, $Test) $global:operators[$Name] = $Test; $null = $InternalName }
                function Get-ShouldOperator { $global:operators.Keys | ForEach-Object { [pscustomobject]@{ Name = $_ } } }
            } | Import-Module
            Import-LvsShouldOperator
            Import-LvsShouldOperator
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $a
            Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $a
            Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight 0 -LvsSession $a
            Enable-LvsRealServerVip 192.0.2.12 -LvsSession $b
            & $global:operators['{{name}}'] {{arguments}}
            $global:operators.Count
            Remove-Module Pester
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(5, result.Output[^1].BaseObject);
        Assert.Equal(succeeds, result.Output[0].Properties["Succeeded"].Value);
        Assert.Contains(message, $"{result.Output[0].Properties["FailureMessage"].Value}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_does_not_answer_is_an_error_also_after_Not()
    {
        EngineResult result = Run("""
            $global:operators = @{}
            New-Module Pester {
                function Add-ShouldOperator { param($Name, $InternalName, $Test) $global:operators[$Name] = $Test; $null = $InternalName }
                function Get-ShouldOperator { }
            } | Import-Module
            Import-LvsShouldOperator
            Remove-Module Pester
            & $global:operators.HaveLvsRealServer -ActualValue 192.0.2.10:80 -RealServer 192.0.2.21 -On @{ NetworkNamespace = 'no-such-namespace' } -Negate
            """);

        Assert.Equal("NamespaceMissing", Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Empty(result.Output);
    }

    private EngineResult Run(string script) => fixture.Engine.Run($$"""
        $folder = '{{_folder}}'
        $a, $b = 'sim-a', 'sim-b' | New-LvsSession -Simulated
        try {
        {{script}}
        }
        finally { Remove-LvsSession $a, $b }
        """);
}
