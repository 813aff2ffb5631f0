namespace LvsAdmin.Tests.Help;

/// <summary>The world in which the examples of the help are run: what each finds, and where it works. Everything else is as the example says.</summary>
internal static class ExampleWorld
{
    /// <summary>Examples that cannot be run here, by a part of their text, and why.</summary>
    internal static readonly IReadOnlyDictionary<string, string> NotRun = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Should"] = "needs Pester: lab/runbooks.ps1 uses the operators where it is",
        ["BeforeAll"] = "needs Pester",
        ["New-PSSession"] = "needs a PowerShell on the other host: SessionTests covers it",
        ["Get-PSSession"] = "needs a PowerShell on the other host: SessionTests covers it",
        ["gateway"] = "needs a jump host",
        ["-NetworkNamespace 1"] = "process 1 of the lab is in the network of no director",
    };

    /// <summary>Which namespace plays the machine at which the examples of a cmdlet are typed.</summary>
    internal static string MachineOf(string cmdlet) =>
        cmdlet.Contains("ArpPolicy", StringComparison.Ordinal) || cmdlet.Contains("RealServerVip", StringComparison.Ordinal) ? "rs1" : "director";

    /// <summary>What makes the utilities of PowerShell that the hosted engine lacks: they pass on what they get, or do in a line what the example needs of them.</summary>
    internal const string Utilities = """
        function Pass { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Property, $First, [switch] $NoElement, [switch] $Descending) process { $InputObject } }
        'Select-Object', 'Sort-Object', 'Group-Object', 'Format-Table', 'Format-List' | ForEach-Object { $ExecutionContext.InvokeProvider.Item.Set("function:global:$_", ${function:Pass}) }
        function Get-Date { [datetime]::Now }
        function Get-Content { param($Path) [System.IO.File]::ReadAllLines("$PWD/$Path") }
        function Set-Content { param([Parameter(ValueFromPipeline)] $Value, [Parameter(Position = 0)] $Path) process { [System.IO.File]::WriteAllText("$PWD/$Path", $Value) } }
        function Get-ChildItem { param($Path) $ExecutionContext.InvokeProvider.ChildItem.Get($Path, $false) }
        function Export-Clixml { param([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Path) process { [System.IO.File]::WriteAllText("$PWD/$Path", [System.Management.Automation.PSSerializer]::Serialize($InputObject)) } }
        function Import-Clixml { param($Path) [System.Management.Automation.PSSerializer]::Deserialize([System.IO.File]::ReadAllText("$PWD/$Path")) }
        function ConvertFrom-Csv {
            param([Parameter(ValueFromPipeline)] $InputObject)
            process {
                $lines = $InputObject.Split("`n")
                $names = $lines[0].Trim().Split(',')
                foreach ($line in $lines[1..($lines.Count - 1)]) {
                    $cells = $line.Trim().Split(',')
                    $row = [ordered]@{}
                    for ($i = 0; $i -lt $names.Count; $i++) { $row[$names[$i]] = $cells[$i] }
                    [pscustomobject] $row
                }
            }
        }
        """;

    /// <summary>The director's table before each example.</summary>
    internal const string Table = """
        @{
            Scope           = '*'
            VirtualServices = @(
                @{ VirtualService = 'tcp/192.0.2.10:80'; Scheduler = 'rr'; RealServers = '192.0.2.21', '192.0.2.22' }
                @{ VirtualService = 'tcp/192.0.2.10:443'; Scheduler = 'wlc'; PersistenceTimeout = 300; RealServers = '192.0.2.21', '192.0.2.22' }
                @{ VirtualService = 'tcp/192.0.2.11:80'; RealServers = @(@{ RealServer = '192.0.2.22'; Forwarding = 'Tunnel' }) }
                @{ VirtualService = 'tcp/198.51.100.10:80'; RealServers = @(@{ RealServer = '192.0.2.22:8081'; Forwarding = 'Nat' }) }
                @{ VirtualService = 'tcp/[2001:db8::10]:80'; RealServers = '2001:db8::21' }
                @{ VirtualService = 'udp/192.0.2.10:53'; Scheduler = 'rr'; RealServers = '192.0.2.22' }
                @{ VirtualService = 'fwmark/7'; RealServers = '192.0.2.21:0' }
            )
        }
        """;

    /// <summary>What the examples of a cmdlet find besides the table, in the words of this very module; typed on the machine of the example.</summary>
    internal static string Before(string cmdlet, string example) => cmdlet switch
    {
        "Clear-LvsTable" or "Restore-LvsTable" => "$before = Checkpoint-LvsTable",
        "Disable-LvsDirectorVip" => "Enable-LvsDirectorVip 192.0.2.10, 2001:db8::10; if ($example -notlike '*-Force*') { Clear-LvsTable -Confirm:$false }",
        "Disable-LvsForwarding" => "Enable-LvsForwarding IPv4, IPv6",
        "Get-LvsDirectorVip" => "Enable-LvsDirectorVip 192.0.2.10",
        "New-LvsVirtualService" => "Remove-LvsVirtualService 192.0.2.10:*, fwmark/7",
        "Add-LvsRealServer" => "if ($example -notlike 'Get-*') { Remove-LvsRealServer * * }",
        "Enable-LvsDirectorVip" when example.StartsWith("New-", StringComparison.Ordinal) => "Remove-LvsVirtualService 192.0.2.10:80",
        "Get-LvsSession" or "Remove-LvsSession" => "Get-LvsSession | Remove-LvsSession; $null = New-LvsSession rs1, rs2; $example = $example -replace '-Id 1', \"-Id $((Get-LvsSession)[0].Id)\"",
        "Stop-LvsSyncDaemon" or "Get-LvsSyncDaemon" => "Start-LvsSyncDaemon Master eth0; Start-LvsSyncDaemon Backup eth0",
        "Start-LvsSyncDaemon" when example.StartsWith("Get-", StringComparison.Ordinal) => "Start-LvsSyncDaemon Master eth0",
        "Resume-LvsRealServer" => "Suspend-LvsRealServer * 192.0.2.21",
        "Sync-LvsConfiguration" when example.Contains("-Plan", StringComparison.Ordinal) => "Compare-LvsConfiguration web.json -AsPlan | Export-Clixml web.plan",
        "Wait-LvsRealServer" when !example.StartsWith("Suspend-", StringComparison.Ordinal) => "Suspend-LvsRealServer 192.0.2.10:80 *",
        "Disable-LvsRealServerVip" or "Get-LvsRealServerVip" or "Test-LvsRealServerVip" => "Enable-LvsRealServerVip 192.0.2.10, 2001:db8::10",
        _ => string.Empty,
    };
}
