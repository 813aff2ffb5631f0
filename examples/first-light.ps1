# First light: one director, two real servers, all three forwarding methods with real requests, over SSH too, a desired state, and what is wrong.
#
# Made for the test network of lab/topology: the network namespaces client, director, rs1 and rs2 play four machines, so each cmdlet
# says by -NetworkNamespace on which of them it works. On machines of your own, leave that out, or name hosts as in act 4.

# Asks for a page from the client several times, and checks that the expected servers answered equally often.
function Request([string] $Url, [int] $Count, [string[]] $From) {
    $answers = @(for ($i = 0; $i -lt $Count; $i++) { ip netns exec client curl --silent --globoff --max-time 5 $Url })
    foreach ($server in $From) {
        $share = @($answers -eq $server).Count
        if ($share -ne $Count / $From.Count) { throw "$Url was answered $share times by $server, not $($Count / $From.Count): $answers" }
    }
    "$Url answered by $($answers -join ', ')"
}

# Act 1, direct routing. The director gets a virtual service for each address family, and their virtual IPs, which it announces to its neighbours.
New-LvsVirtualService 192.0.2.10:80, '[2001:db8::10]:80' -Scheduler rr -NetworkNamespace director -PassThru | Enable-LvsDirectorVip -PassThru
Get-LvsVirtualService 192.0.2.10:80 -NetworkNamespace director | Add-LvsRealServer 192.0.2.21, 192.0.2.22 -Forwarding DirectRouting -Weight 100
Add-LvsRealServer '[2001:db8::10]:80' 2001:db8::21, 2001:db8::22 -Forwarding DirectRouting -NetworkNamespace director
Get-LvsRealServer -NetworkNamespace director

# The real servers answer the clients directly, so they hold the virtual IPs too, and must not answer ARP for them.
'rs1', 'rs2' | ForEach-Object { Enable-LvsRealServerVip 192.0.2.10, 2001:db8::10 -NetworkNamespace $_ -PassThru }
Get-LvsArpPolicy all, eth0, lo -NetworkNamespace rs1
Test-LvsArpPolicy 192.0.2.10 -NetworkNamespace client
Request http://192.0.2.10/ -Count 6 -From rs1, rs2
Request 'http://[2001:db8::10]/' -Count 6 -From rs1, rs2

# Act 2, tunnelling: the same two servers, but packets reach them wrapped, wherever they stand.
New-LvsVirtualService 192.0.2.11:80 -Scheduler rr -NetworkNamespace director -PassThru | Enable-LvsDirectorVip
Add-LvsRealServer 192.0.2.11:80 192.0.2.21, 192.0.2.22 -Forwarding Tunnel -NetworkNamespace director -PassThru
# What each of them has to hold, and how, stands in the director's table.
'rs1', 'rs2' | ForEach-Object { Get-LvsRealServer 192.0.2.11:80 -NetworkNamespace director | Enable-LvsRealServerVip -NetworkNamespace $_ -PassThru }
Request http://192.0.2.11/ -Count 6 -From rs1, rs2

# Act 3, NAT: the director rewrites addresses both ways, so it forwards packets, and the replies pass through it.
Enable-LvsForwarding -NetworkNamespace director -PassThru
New-LvsVirtualService 198.51.100.10:80 -Scheduler wrr -NetworkNamespace director -PassThru | Enable-LvsDirectorVip
Add-LvsRealServer 198.51.100.10:80 192.0.2.21, 192.0.2.22 -Forwarding Nat -NetworkNamespace director -PassThru
'rs1', 'rs2' | ForEach-Object { Enable-LvsRealServerVip 198.51.100.10 -Forwarding Nat -Director 192.0.2.1 -NetworkNamespace $_ -PassThru }
Request http://198.51.100.10/ -Count 6 -From rs1, rs2

# Act 4, the fleet: from the administrator's machine over SSH, with nothing installed on the hosts. What came from a host goes back to it.
New-LvsVirtualService 192.0.2.12:80 -Scheduler rr -HostName director -PassThru | Enable-LvsDirectorVip
Add-LvsRealServer 192.0.2.12:80 192.0.2.21, 192.0.2.22 -HostName director
Enable-LvsRealServerVip 192.0.2.12 -HostName rs1, rs2 -PassThru
Get-LvsArpPolicy all -HostName rs[1-2], director
Request http://192.0.2.12/ -Count 6 -From rs1, rs2
# Or on whatever real servers the director names, each reached by its own address.
Get-LvsRealServer 192.0.2.12:80 -HostName director | Test-LvsRealServerVip -OnRealServer

# Act 5, the desired state: what the director shall have, as a document. The difference is shown, and then applied without dropping a connection.
$before = Checkpoint-LvsTable -NetworkNamespace director
$web = @{
    Scope           = 'tcp/192.0.2.10:*'
    VirtualServices = @{ VirtualService = 'tcp/192.0.2.10:80'; Scheduler = 'wrr'; RealServers = @(@{ RealServer = '192.0.2.21'; Weight = 2 }, '192.0.2.22') }
}
Compare-LvsConfiguration -Configuration $web -NetworkNamespace director
Sync-LvsConfiguration -Configuration $web -NetworkNamespace director
Test-LvsConfiguration -Configuration $web -NetworkNamespace director

# Taking a server out of service: weight 0, on every service that has it, and the director remembers why.
Suspend-LvsRealServer * 192.0.2.22 -Reason 'kernel upgrade' -NetworkNamespace director
Request http://192.0.2.10/ -Count 4 -From rs1
Compare-LvsConfiguration -Configuration $web -NetworkNamespace director
Get-LvsRealServer -Held -NetworkNamespace director | Resume-LvsRealServer

# And the table as it was: by the differences, nothing is flushed.
$before | Restore-LvsTable
Request http://192.0.2.10/ -Count 4 -From rs1, rs2

# Act 6, the question that is asked most: why does it not work? Here one step was forgotten on one host, as it happens.
Disable-LvsRealServerVip 192.0.2.10 -NetworkNamespace rs2
Test-LvsDeployment 192.0.2.10:80 -RealServerHost netns:rs1, netns:rs2 -From netns:client -NetworkNamespace director
# Each finding comes with the line that mends it; -Repair runs them.
Test-LvsDeployment 192.0.2.10:80 -RealServerHost netns:rs1, netns:rs2 -FailedOnly -Repair -Confirm:$false -NetworkNamespace director
Test-LvsVirtualService 192.0.2.10:80 -From netns:client -Count 20 -NetworkNamespace director

# What the director remembers and has counted.
Get-LvsConnection -RealServer 192.0.2.21 -NetworkNamespace director
Get-LvsStatistics -NetworkNamespace director

# And back: each host is left as it was found. Sessions spare the logins.
$farm = New-LvsSession rs1, rs2
Get-LvsRealServerVip -LvsSession $farm | Disable-LvsRealServerVip
$farm | Remove-LvsSession
Disable-LvsForwarding -NetworkNamespace director
