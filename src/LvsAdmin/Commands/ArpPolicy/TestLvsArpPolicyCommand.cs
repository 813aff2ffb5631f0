using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Checks whether a host's ARP behaviour suits its role for virtual IPs, from outside where that is possible.</summary>
[Cmdlet(VerbsDiagnostic.Test, "LvsArpPolicy")]
[OutputType(typeof(LvsCheckResult), typeof(bool))]
public sealed class TestLvsArpPolicyCommand : TestCommand
{
    private const int LongestTimeout = 60;

    private readonly ConcurrentDictionary<(HostReference Host, LvsAddress Address), bool> _checked = [];

    /// <summary>The virtual IPs; without any, those that the host holds as a real server.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Vip")]
    public LvsAddress[]? Address { get; set; }

    /// <summary>A virtual IP, a virtual service, a real server of one, or what Get-LvsRealServerVip wrote, from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true)]
    public override PSObject? InputObject { get; set; }

    /// <summary>The interfaces that face the director and the clients; without any, all that hear ARP.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[] Interface { get; set; } = [];

    /// <summary>The MAC addresses of the director, or of directors that take turns.</summary>
    [Parameter]
    public string[] MacAddress { get; set; } = [];

    /// <summary>How long answers of other hosts are waited for, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, LongestTimeout)]
    public int TimeoutSeconds { get; set; } = new ArpPolicyCheckOptions().TimeoutSeconds;

    private protected override bool ReadsInputObject => true;

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await CheckAsync(InputObject, ChecksAsync);

    private async IAsyncEnumerable<LvsCheckResult> ChecksAsync()
    {
        VipSelection chosen = Choose();
        if (chosen is { Vips.Count: 0, Service: not null })
        {
            throw new LvsValidationException(
                "AddressMissing", $"{chosen.Service} names no virtual IP: a service of a firewall mark has none of its own. Name its VIPs as the first argument.");
        }

        // Services that share a VIP, as those of ports 80 and 443 do, need it checked once.
        LvsAddress[] addresses = [.. chosen.Vips.Where(address => _checked.TryAdd((CurrentHost, address), true))];
        if (addresses.Length == 0 && chosen.Vips.Count > 0)
        {
            yield break;
        }

        ArpPolicyCheckOptions options = new() { Addresses = addresses, Interfaces = Interface, MacAddresses = MacAddress, TimeoutSeconds = TimeoutSeconds };
        await foreach (LvsCheckResult result in ArpPolicyChecks.CheckAsync(TargetHost, options, StopToken))
        {
            yield return result;
        }
    }

    private VipSelection Choose()
    {
        try
        {
            return VipSelection.Of(IsOnCommandLine(nameof(Address)) ? null : InputObject, Address);
        }
        catch (PSArgumentException exception)
        {
            throw new LvsValidationException("InvalidAddress", exception.Message);
        }
    }
}
