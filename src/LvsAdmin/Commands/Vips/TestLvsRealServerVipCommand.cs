using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Checks on a real server whether it serves virtual IPs: address, delivery, ARP, tunnel, way back, and the program that shall answer.</summary>
[Cmdlet(VerbsDiagnostic.Test, "LvsRealServerVip")]
[OutputType(typeof(LvsCheckResult), typeof(bool))]
public sealed class TestLvsRealServerVipCommand : TestCommand
{
    private readonly RealServerQueue _onRealServers = new();

    /// <summary>The virtual IPs, IPv4 or IPv6; all that the host serves unless said otherwise.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Vip")]
    public LvsAddress[]? Address { get; set; }

    /// <summary>A virtual IP, a virtual service, a real server of one, or what Get-LvsRealServerVip wrote, from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true)]
    public override PSObject? InputObject { get; set; }

    /// <summary>The port of the service on this real server, 1 to 65535, on which a program has to listen; a real server from the pipeline brings its own.</summary>
    [Parameter]
    [ValidateRange(1, ushort.MaxValue)]
    public int Port { get; set; }

    /// <summary>The port of the SSH server, 1 to 65535, where the host's name does not say it.</summary>
    [Parameter]
    [ValidateRange(1, ushort.MaxValue)]
    public override int HostPort { get; set; }

    /// <summary>The protocol of that port: Tcp unless said otherwise.</summary>
    [Parameter]
    public LvsProtocol Protocol { get; set; } = LvsProtocol.Tcp;

    /// <summary>It also has to come back after a boot.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    private protected override bool ReadsInputObject => true;

    /// <summary>Work on the real servers that come through the pipeline, each reached over SSH by its own address, all of them at once.</summary>
    [Parameter]
    public SwitchParameter OnRealServer { get; set; }

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        await base.BeginAsync();
        RefuseHostsBeside(OnRealServer, nameof(OnRealServer));
    }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => CheckAsync(Choose());

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        await OnHostsAsync(_onRealServers.Hosts, async () =>
        {
            foreach (VipSelection chosen in _onRealServers[CurrentHost])
            {
                await CheckAsync(chosen);
            }
        });
        await base.FinishAsync();
    }

    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        if (!OnRealServer)
        {
            return base.ChooseHosts();
        }

        VipSelection chosen = Choose();
        if (chosen.Server is not { } server)
        {
            ThrowTerminatingError(Errors.ServerMissing(InputObject));
            return [];
        }

        if (AsJob)
        {
            return [ByAddress(server.Address)];
        }

        _onRealServers.Add(ByAddress(server.Address), chosen);
        return [];
    }

    private VipSelection Choose()
    {
        try
        {
            return VipSelection.Of(IsOnCommandLine(nameof(Address)) ? null : InputObject, Address);
        }
        catch (PSArgumentException exception)
        {
            ThrowTerminatingError(new ErrorRecord(exception, "InvalidAddress", ErrorCategory.InvalidArgument, InputObject));
            throw;
        }
    }

    private async Task CheckAsync(VipSelection chosen)
    {
        if (chosen.Server is { } server && !OnRealServer && !(await OwnAddressesAsync()).Contains(server.Address))
        {
            await VerboseAsync($"{server.Address} is no address of {HostText}: the real server {server} of {server.VirtualService} is another host.");
            return;
        }

        IReadOnlyList<LvsAddress> vips = chosen.Vips;
        if (vips.Count == 0 && InputObject is null)
        {
            await AttemptAsync(null, async () => vips = [.. (await RealServerVips.GetAsync(TargetHost, StopToken)).Select(vip => vip.Address).Distinct()]);
        }

        int port = Port != 0 ? Port : chosen.Server?.VirtualService.Protocol is null ? 0 : chosen.Server.Port;
        LvsProtocol protocol = Port != 0 ? Protocol : chosen.Service?.Protocol ?? Protocol;
        foreach (LvsAddress vip in vips)
        {
            await CheckAsync(vip, () => RealServerVipChecks.RunAsync(TargetHost, vip, protocol, port, Persistent, StopToken));
        }
    }

    private async ValueTask<IReadOnlySet<LvsAddress>> OwnAddressesAsync() => await RealServerVips.GetOwnAddressesAsync(TargetHost, StopToken);
}
