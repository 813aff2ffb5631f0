using System.Management.Automation.Language;

namespace LvsAdmin.Tests.Help;

/// <summary>The world in which the examples of the help are run: what each finds, and where it works. Everything else is as the example says.</summary>
internal static class ExampleWorld
{
    /// <summary>Examples that are not run here, and why.</summary>
    internal static readonly IReadOnlyDictionary<(string Cmdlet, string Title), string> NotRun = new Dictionary<(string, string), string>
    {
        [("Import-LvsShouldOperator", "Example 1: In a test")] = "needs Pester: lab/runbooks.ps1 has it and the operators",
        [("Import-LvsShouldOperator", "Example 2: At the prompt")] = "needs Pester",
        [("Import-LvsShouldOperator", "Example 3: Which they are")] = "needs Pester",
        [("Install-LvsModule", "Example 1: For one session")] = "needs a PowerShell on the other host",
        [("Install-LvsModule", "Example 2: For all users of many hosts")] = "needs a PowerShell on the other host",
        [("Install-LvsModule", "Example 3: What would be done")] = "needs a PowerShell on the other host",
        [("Enable-LvsDirectorVip", "Example 3: Name the interface, and survive a boot")] = "needs a manager of the network, such as systemd-networkd",
        [("Enable-LvsRealServerVip", "Example 2: See the steps first")] = "needs a manager of the network, such as systemd-networkd",
        [("Test-LvsDeployment", "Example 4: Over SSH, a pair of directors and all their real servers")] = "over SSH it takes half a minute in the guest: the other examples check the same hosts by their namespaces",
        [("Test-LvsRealServerVip", "Example 4: In a Pester test")] = "needs Pester",
    };

    /// <summary>The cmdlets whose examples need a kernel or hosts, in the order in which these find what they need: the addresses first on the real servers, then on the director, then traffic, and back.</summary>
    private static readonly string[] LabOrder =
    [
        "Get-LvsDirector", "Get-LvsKernelParameter", "Set-LvsKernelParameter", "Start-LvsSyncDaemon", "Get-LvsSyncDaemon", "Stop-LvsSyncDaemon",
        "Enable-LvsForwarding", "Disable-LvsForwarding",
        "Get-LvsArpPolicy", "Set-LvsArpPolicy", "Reset-LvsArpPolicy",
        "Enable-LvsRealServerVip", "Get-LvsRealServerVip", "Test-LvsRealServerVip", "Test-LvsRealServer",
        "Enable-LvsDirectorVip", "Get-LvsDirectorVip", "Test-LvsArpPolicy",
        "Test-LvsDeployment", "Test-LvsVirtualService", "Get-LvsConnection", "Wait-LvsRealServer", "Invoke-LvsRollout",
        "Disable-LvsDirectorVip", "Disable-LvsRealServerVip",
    ];

    // What outlives a boot is for a host's own network, and the lab's hosts have network namespaces only; nobody is there to end a connection while an example waits; and
    // a dozen sessions over SSH take half a minute in the guest.
    private static readonly (string, string)[] NotInLab =
    [
        ("Get-LvsArpPolicy", "Example 6"), ("Invoke-LvsRollout", "Example 3"), ("Invoke-LvsRollout", "Example 5"), ("Invoke-LvsRollout", "Example 6"), ("Test-LvsArpPolicy", "Example 5"), ("Wait-LvsRealServer", "Example 1"), ("Wait-LvsRealServer", "Example 2"), ("Wait-LvsRealServer", "Example 3"),
    ];

    // What tells that an example is for a kernel.
    private static readonly string[] LabWords = ["-NetworkNamespace", "netns:", "ipvsadm -S", "$farm", " /etc/", "-Plan (Import-Clixml"];

    // The cmdlets that write objects without being told to.
    private static readonly string[] WritingVerbs = ["Get", "Test", "Compare", "Checkpoint", "ConvertTo", "ConvertFrom", "Import", "Export"];

    // Commands that pass on what they get, or a part of it.
    private static readonly string[] Shaping = ["ForEach-Object", "Format-List", "Format-Table", "Group-Object", "Select-Object", "Where-Object"];

    /// <summary>Which namespace the stand-in for ssh takes for which host, in the lab.</summary>
    internal const string Namespaces = " lb1=director lb2=lb2 rs1=rs1 rs2=rs2 192.0.2.21=rs1 192.0.2.22=rs2 2001:db8::21=rs1 client1=client ";

    /// <summary>The hosts that the stand-in for ssh plays on this machine, in no namespace.</summary>
    internal static readonly string Hosts = $" 192.0.2.21= 192.0.2.22= lb1= lb2= rs1= rs2= {string.Join(' ', Enumerable.Range(1, 20).Select(number => $"rs{number:00}="))} ";

    internal const string Keepalived = """
        virtual_server 192.0.2.10 80 {
            lvs_sched rr
            lvs_method DR
            protocol TCP
            real_server 192.0.2.21 80 {
                weight 1
            }
        }

        """;

    /// <summary>The director's table before each example.</summary>
    internal const string Table = """
        @{
            Scope           = '*'
            VirtualServices = @(
                @{ VirtualService = 'tcp/192.0.2.10:80'; Scheduler = 'rr'; RealServers = @(@{ RealServer = '192.0.2.21'; Weight = 1 }, @{ RealServer = '192.0.2.22'; Weight = 1 }) }
                @{ VirtualService = 'tcp/192.0.2.10:443'; Scheduler = 'wlc'; PersistenceTimeout = 300; RealServers = '192.0.2.21', '192.0.2.22' }
                @{ VirtualService = 'tcp/192.0.2.11:80'; RealServers = @(@{ RealServer = '192.0.2.22'; Forwarding = 'Tunnel' }) }
                @{ VirtualService = 'tcp/198.51.100.10:80'; RealServers = @(@{ RealServer = '192.0.2.22:8081'; Forwarding = 'Nat' }) }
                @{ VirtualService = 'tcp/[2001:db8::10]:80'; RealServers = '2001:db8::21' }
                @{ VirtualService = 'udp/192.0.2.10:53'; Scheduler = 'rr'; RealServers = '192.0.2.22' }
                @{ VirtualService = 'fwmark/7'; RealServers = '192.0.2.21:0' }
            )
        }
        """;

    /// <summary>The table where addresses are given and traffic flows: one service that all answer for, because each address and each silent server takes seconds.</summary>
    internal const string ServedTable = """
        @{
            Scope           = '*'
            VirtualServices = @{ VirtualService = 'tcp/192.0.2.10:80'; Scheduler = 'rr'; RealServers = @(@{ RealServer = '192.0.2.21'; Weight = 1 }, @{ RealServer = '192.0.2.22'; Weight = 1 }) }
        }
        """;

    /// <summary>The utilities of PowerShell that the hosted engine lacks, as far as the examples use them.</summary>
    internal const string Utilities = """
        function global:Select-Object { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string[]] $Property, [int] $First = [int]::MaxValue)
            begin { $count = 0 }
            process { if ($count++ -lt $First) { $row = [ordered]@{}; foreach ($name in $Property) { $row[$name] = $InputObject.$name }; [pscustomobject] $row } } }
        function global:Sort-Object { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string] $Property, [switch] $Descending)
            begin { $all = [System.Collections.Generic.List[object]]::new() }
            process { $all.Add($InputObject) }
            end { $sorted = [System.Linq.Enumerable]::OrderBy($all, [Func[object, object]] { param($each) $each.$Property }); if ($Descending) { [System.Linq.Enumerable]::Reverse($sorted) } else { $sorted } } }
        function global:Group-Object { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string] $Property, [switch] $NoElement)
            begin { $groups = [ordered]@{} }
            process { $groups["$($InputObject.$Property)"]++ }
            end { foreach ($name in $groups.Keys) { [pscustomobject]@{ Count = $groups[$name]; Name = $name } } } }
        function global:Format-Table { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string[]] $Property) process { $InputObject | Select-Object $Property } }
        function global:Format-List { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [string[]] $Property) process { $InputObject | Select-Object ($Property ? $Property : @($InputObject.PSObject.Properties.Name)) } }
        function global:Get-Date { [datetime]::Now }
        function global:Write-Warning { param([string] $Message) $Host.UI.WriteWarningLine($Message) }
        function global:Get-Content { param($Path) [System.IO.File]::ReadAllLines("$PWD/$Path") }
        function global:Set-Content { param([Parameter(ValueFromPipeline)] $Value, [Parameter(Position = 0)] $Path) process { [System.IO.File]::WriteAllText("$PWD/$Path", $Value) } }
        function global:Get-ChildItem { param($Path) $ExecutionContext.InvokeProvider.ChildItem.Get($Path, $false) }
        function global:Export-Clixml { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Path) process { [System.IO.File]::WriteAllText("$PWD/$Path", [System.Management.Automation.PSSerializer]::Serialize($InputObject)) } }
        function global:Import-Clixml { param($Path) [System.Management.Automation.PSSerializer]::Deserialize([System.IO.File]::ReadAllText("$PWD/$Path")) }
        function global:ConvertFrom-Csv { param([Parameter(ValueFromPipeline)] [string] $InputObject)
            process {
                $names, $lines = $InputObject.Split("`n").Trim()
                foreach ($line in $lines) {
                    $row = [ordered]@{}
                    $cells = $line.Split(',')
                    for ($i = 0; $i -lt $cells.Count; $i++) { $row[$names.Split(',')[$i]] = $cells[$i] }
                    [pscustomobject] $row
                }
            } }
        """;

    private static IEnumerable<(string Cmdlet, ExampleHelp Example)> All =>
        from command in HelpFile.Commands
        from example in command.Examples
        where !NotRun.ContainsKey((command.Name, example.Title))
        select (command.Name, example);

    /// <summary>The examples that are run in the lab, in their order there.</summary>
    internal static IEnumerable<(string Cmdlet, ExampleHelp Example)> InLab =>
        All.Where(each => NeedsLab(each.Cmdlet, each.Example)).OrderBy(each => Array.IndexOf(LabOrder, each.Cmdlet));

    /// <summary>The examples that are run on a simulated director.</summary>
    internal static IEnumerable<(string Cmdlet, ExampleHelp Example)> Simulated => All.Where(each => !NeedsLab(each.Cmdlet, each.Example));

    /// <summary>Whether an example finds <see cref="ServedTable"/> and not <see cref="Table"/>.</summary>
    internal static bool IsServed(string cmdlet) => Array.IndexOf(LabOrder, cmdlet) >= Array.IndexOf(LabOrder, "Enable-LvsDirectorVip");

    /// <summary>Which namespace of the lab plays the machine at which an example is typed.</summary>
    internal static string Machine(string cmdlet, ExampleHelp example) => (cmdlet, example.Title[..9]) switch
    {
        ("Test-LvsArpPolicy", "Example 2") => "director",
        ("Test-LvsArpPolicy", "Example 3") => "client",
        _ => cmdlet.EndsWith("ArpPolicy", StringComparison.Ordinal) || cmdlet.EndsWith("RealServerVip", StringComparison.Ordinal) ? "rs1" : "director",
    };

    /// <summary>An example with its minutes made short, and with the number of a session that is there.</summary>
    internal static string Adapt(string code) => code
        .Replace("-RampUp 5m", "-RampUp 1s", StringComparison.Ordinal)
        .Replace("-Timeout 1m", "-Timeout 1s", StringComparison.Ordinal)
        .Replace("-Id 1", "-Id (Get-LvsSession rs1).Id", StringComparison.Ordinal)
        .Replace("-RampUp 2m -Pause 1m", "-RampUp 1s -Pause 100ms", StringComparison.Ordinal);

    /// <summary>Whether an example may change the table, the holds or the sessions.</summary>
    internal static bool Changes(ExampleHelp example) => !example.Code.Contains("-WhatIf", StringComparison.Ordinal)
        && Commands(example.Code).Any(name => name.Contains("-Lvs", StringComparison.Ordinal) && !WritingVerbs.Contains(name.Split('-')[0]));

    /// <summary>Whether an example has to write something: where its last command is one that does, or was told to.</summary>
    internal static bool Writes(ExampleHelp example) => Writes(Parser.ParseInput(example.Code, out _, out _).EndBlock.Statements);

    /// <summary>What an example finds besides the table, in the words of this very module; typed on the machine of the example.</summary>
    internal static string Before(string cmdlet, ExampleHelp example) => (cmdlet, example.Title[..9]) switch
    {
        ("Add-LvsRealServer", "Example 1") => "Remove-LvsRealServer tcp/192.0.2.10:80 *",
        ("Get-LvsRealServer", "Example 4") or ("Remove-LvsRealServer", "Example 3") => "Set-LvsRealServer tcp/192.0.2.10:80 192.0.2.22 -Weight 0",
        ("Get-LvsSession" or "Remove-LvsSession", _) => "$null = New-LvsSession rs1, rs2 -Simulated",
        ("Compare-LvsConfiguration", "Example 2") => "Set-LvsRealServer tcp/192.0.2.10:80 192.0.2.21 -Weight 3",
        ("Disable-LvsDirectorVip", "Example 1") => "Clear-LvsTable",
        ("Disable-LvsDirectorVip", "Example 2") => "Enable-LvsDirectorVip 192.0.2.10",
        ("Disable-LvsDirectorVip", "Example 3") => "Enable-LvsDirectorVip 192.0.2.10; Clear-LvsTable",
        ("Disable-LvsForwarding", "Example 2" or "Example 4") => "Enable-LvsForwarding IPv4, IPv6",
        ("Disable-LvsRealServerVip", "Example 2" or "Example 4") => "'rs1', 'rs2' | ForEach-Object { Enable-LvsRealServerVip 192.0.2.10 -NetworkNamespace $_ }",
        ("Enable-LvsDirectorVip", "Example 1") => "Remove-LvsVirtualService 192.0.2.10:80",
        ("Enable-LvsRealServerVip", "Example 5") => "Disable-LvsRealServerVip 192.0.2.11",
        ("Get-LvsKernelParameter", "Example 3") => "Set-LvsKernelParameter conntrack $true",
        // What is wrong, for those that show it; and mended.
        ("Get-LvsRealServerVip", "Example 2") => "Set-LvsArpPolicy all, eth0 -Ignore 0 -Announce 0",
        ("Get-LvsRealServerVip", "Example 1") => "Disable-LvsRealServerVip 192.0.2.11, 192.0.2.12, 198.51.100.10",
        ("Test-LvsDeployment", "Example 2") => "Set-LvsArpPolicy all, eth0 -Ignore 0 -NetworkNamespace rs2",
        ("Test-LvsDeployment", "Example 5") => "Set-LvsArpPolicy all -Ignore 1 -NetworkNamespace rs2",
        ("Get-LvsArpPolicy", "Example 6") => "Set-LvsArpPolicy all -Ignore 1 -Persistent; Set-LvsArpPolicy all -Ignore 0",
        ("Import-LvsConfiguration", "Example 1") => "$web | Set-Content web.json",
        ("Test-LvsRealServerVip", "Example 3") or ("Test-LvsRealServer", "Example 1") => "'rs1', 'rs2' | ForEach-Object { Enable-LvsRealServerVip 192.0.2.10 -NetworkNamespace $_ }",
        ("Get-LvsConnection", "Example 2") => "[LvsAdmin.Tests.Help.ExampleClient]::Connect('192.0.2.10', 80); [LvsAdmin.Tests.Help.ExampleClient]::Connect('192.0.2.10', 80)",
        ("Get-LvsConnection", "Example 4") => "New-LvsVirtualService 192.0.2.10:8080 -PersistenceTimeout 300; Add-LvsRealServer 192.0.2.10:8080 192.0.2.22; [LvsAdmin.Tests.Help.ExampleClient]::Connect('192.0.2.10', 8080)",
        ("Invoke-LvsRollout", "Example 1") => "[LvsAdmin.Tests.Help.ExampleClient]::Close()",
        ("New-LvsRunbook", "Example 3") => "$null = Get-ChildItem runbooks | ForEach-Object Delete",
        ("Stop-LvsSyncDaemon", "Example 1") => "Start-LvsSyncDaemon Master eth0",
        ("New-LvsVirtualService", _) => "Remove-LvsVirtualService 192.0.2.10:*, fwmark/7",
        ("Remove-LvsVirtualService", "Example 3") => "New-LvsVirtualService 192.0.2.14:80",
        ("Restore-LvsTable", _) => "$before = Checkpoint-LvsTable; Remove-LvsVirtualService udp/*",
        ("Sync-LvsConfiguration", "Example 4") => "Compare-LvsConfiguration web.json -AsPlan | Export-Clixml web.plan",
        ("Resume-LvsRealServer", _) => "Suspend-LvsRealServer * 192.0.2.21",
        ("Import-LvsConfiguration", "Example 3") => "$null = [System.IO.Directory]::CreateDirectory('/etc/keepalived'); [System.IO.File]::Copy(\"$PWD/keepalived.conf\", '/etc/keepalived/keepalived.conf')",
        ("Wait-LvsRealServer", "Example 3") => "Suspend-LvsRealServer 192.0.2.10:80 *",
        ("Wait-LvsRealServer", "Example 4") => "[LvsAdmin.Tests.Help.ExampleClient]::Connect('192.0.2.10', 80); [LvsAdmin.Tests.Help.ExampleClient]::Connect('192.0.2.10', 80); Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21",
        _ => string.Empty,
    };

    private static bool Writes(IReadOnlyList<StatementAst> statements) => statements[^1] switch
    {
        AssignmentStatementAst => true,
        PipelineAst { PipelineElements: [.., CommandAst command] } => Writes(command),
        PipelineAst => true,
        _ => false,
    };

    private static bool Writes(CommandAst command)
    {
        string name = command.GetCommandName();
        return command.CommandElements.Any(element => element is CommandParameterAst { ParameterName: "PassThru" })
            || (name == "ForEach-Object" && command.CommandElements is [_, ScriptBlockExpressionAst block] ? Writes(block.ScriptBlock.EndBlock.Statements)
                : Shaping.Contains(name) || (name.Contains("-Lvs", StringComparison.Ordinal) && WritingVerbs.Contains(name.Split('-')[0])));
    }

    private static bool NeedsLab(string cmdlet, ExampleHelp example) =>
        !example.Code.Contains("-Persistent", StringComparison.Ordinal)
        && !NotInLab.Contains((cmdlet, example.Title[..9]))
        && (LabOrder.Contains(cmdlet) || LabWords.Any(example.Code.Contains));

    private static IEnumerable<string> Commands(string code) => Parser.ParseInput(code, out _, out _)
        .FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Select(node => ((CommandAst)node).GetCommandName()).OfType<string>();
}
