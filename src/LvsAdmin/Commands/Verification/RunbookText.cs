using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Writes a runbook and its Pester tests for one virtual service: a beginning, for people to go on from.</summary>
/// <param name="service">The service as a document wants it.</param>
/// <param name="director">The director, as a hashtable of host parameters.</param>
/// <param name="hosts">The real servers' hosts, each as such a hashtable.</param>
internal sealed class RunbookText(LvsConfiguration service, string director, IReadOnlyList<string> hosts)
{
    private readonly LvsServiceId _id = service.VirtualServices[0].VirtualService;
    private readonly ServerConfiguration[] _servers = [.. service.VirtualServices[0].RealServers ?? []];

    // A mark may stand for many addresses: which, only its user knows.
    private bool HasVip => _id.Address is not null;

    private bool HasNat => _servers.Any(server => server.Settings.Forwarding == LvsForwardingMethod.Nat);

    private string DirectorParameter => $$"""
            # The director, by the host parameters of a cmdlet.
            [hashtable] $Director = {{director}}
        """;

    private string HostParameter => $$"""
            # The real servers' hosts, in the same way.
            [hashtable[]] $RealServerHost = @(
        {{string.Join(",\n", hosts.Select(host => $"        {host}"))}}
            )
        """;

    /// <summary>A value in single quotes.</summary>
    internal static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The runbook.</summary>
    /// <param name="name">Its name, without an ending.</param>
    internal string Script(string name)
    {
        const string Gateway = """
                # The director's address on the real servers' link, through which the answers go.
                [Parameter(Mandatory)]
                [string] $DirectorAddress
            """;
        string parameters = string.Join(",\n\n", [.. HasNat && HasVip ? [Gateway] : Array.Empty<string>(), DirectorParameter, .. HasVip ? [HostParameter] : Array.Empty<string>()]);
        string forwarding = HasNat ? "Enable-LvsForwarding @Director\n" : string.Empty;
        string enable = HasNat ? """
                    Get-LvsRealServer $service @Director | Where-Object Forwarding -EQ Nat | Enable-LvsRealServerVip -Director $DirectorAddress @at
                    Get-LvsRealServer $service @Director | Where-Object Forwarding -NE Nat | Enable-LvsRealServerVip @at
            """ : "        Get-LvsRealServer $service @Director | Enable-LvsRealServerVip @at";
        string vips = HasVip ? $$"""

            # The table says what each real server has to hold; servers of other hosts are passed over on each. With -WhatIf there may be no table yet.
            if (-not $WhatIfPreference) {
                foreach ($at in $RealServerHost) {
            {{enable}}
                }
            }

            # Last, so that no client comes before all is ready.
            $service | Enable-LvsDirectorVip @Director

            """ : """

            # The service is known by a firewall mark: give the real servers, and the director, the addresses that are marked (Enable-LvsRealServerVip, Enable-LvsDirectorVip),
            # and mark them on the director.

            """;
        return $$"""
            <#
            .SYNOPSIS
                Builds the virtual service {{_id}}, and keeps it as it is written here.
            .DESCRIPTION
                Made by New-LvsRunbook from the live table. {{name}}.Tests.ps1 verifies the result. Running it again changes nothing.
            .EXAMPLE
                ./{{name}}.ps1 -WhatIf

                Shows each step with old and new value, and takes none.
            #>
            [CmdletBinding(SupportsShouldProcess)]
            param(
            {{parameters}}
            )

            $ErrorActionPreference = 'Stop'
            $service = {{Quote($"{_id}")}}

            # What the director shall have. The scope is this service alone: whatever else it has is not touched.
            $wanted = {{Psd1Text.Write(service).Text.TrimEnd()}}
            {{forwarding}}Sync-LvsConfiguration -Configuration $wanted @Director
            {{vips}}
            if (-not $WhatIfPreference) { Get-LvsRealServer $service @Director }

            """.ReplaceLineEndings("\n").Replace("\n\n\n", "\n\n", StringComparison.Ordinal);
    }

    /// <summary>The tests.</summary>
    /// <param name="name">The runbook's name, without an ending.</param>
    internal string Tests(string name)
    {
        string cases = string.Join("\n", _servers.Select(server => $$"""
                    @{ Address = {{Quote($"{server.Settings.RealServer}")}}; Weight = {{server.Settings.Weight}}; Forwarding = {{Quote($"{server.Settings.Forwarding}")}} }
            """));
        string vip = HasVip ? """

                It 'is held by the director' {
                    Get-LvsDirectorVip $vip @Director | Should -Not -BeNullOrEmpty
                }

                It 'is served by <Name>' -ForEach $hosts {
                    $vip | Should -BeServedByLvsHost $At
                }

                It 'is answered for by the director alone' -Skip:(-not $Client) {
                    $vip | Should -AnswerArpOnlyFromDirector $Director -From $Client
                }

            """ : string.Empty;
        string vipBefore = HasVip ? $"\n    $vip = {Quote($"{_id.Address}")}" : string.Empty;
        return $$"""
            #Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
            # What {{name}}.ps1 promises. Against another estate:
            #   Invoke-Pester -Container (New-PesterContainer -Path ./{{name}}.Tests.ps1 -Data @{ Director = @{ HostName = 'lb2' } })
            [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
            [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
            param(
            {{DirectorParameter}},

            {{HostParameter}},

                # A host from which clients ask, on the virtual IP's link; without it, what only a client sees is not tested.
                [hashtable] $Client
            )

            BeforeDiscovery {
                $servers = @(
            {{cases}}
                )
                $hosts = @($RealServerHost | ForEach-Object { @{ At = $_; Name = "$($_.Values)" } })
            }

            BeforeAll {
                Import-Module LvsAdmin
                Import-LvsShouldOperator
                $service = {{Quote($"{_id}")}}{{vipBefore}}
            }

            Describe 'The service {{_id}}' {
                It 'has the scheduler that was chosen' {
                    (Get-LvsVirtualService $service @Director).Scheduler | Should -Be {{Quote(service.VirtualServices[0].Settings.Scheduler)}}
                }

                It 'has the real server <Address>' -ForEach $servers {
                    $service | Should -HaveLvsRealServer $Address -Weight $Weight -Forwarding $Forwarding -On $Director
                }
            {{vip}}
                It 'has nothing wrong with it' {
                    Test-LvsDeployment $service -RealServerHost $RealServerHost @Director | Where-Object Outcome -EQ 'Failed' | Should -BeNullOrEmpty
                }

                It 'answers' -Skip:(-not $Client) {
                    (Test-LvsVirtualService $service -From $Client -Count 10 @Director).Failed | Should -Be 0
                }
            }

            """.ReplaceLineEndings("\n").Replace("\n\n\n", "\n\n", StringComparison.Ordinal);
    }
}
