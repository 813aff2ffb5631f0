using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Changes how long a director remembers idle connections.</summary>
[Cmdlet(VerbsCommon.Set, "LvsTimeout", SupportsShouldProcess = true)]
[OutputType(typeof(LvsTimeout))]
public sealed class SetLvsTimeoutCommand : LvsHostCommand
{
    /// <summary>Seconds for established TCP connections, 1 to 2147483.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1u, LvsTimeout.MaximumSeconds)]
    public uint Tcp { get; set; }

    /// <summary>Seconds for TCP connections after a FIN, 1 to 2147483.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1u, LvsTimeout.MaximumSeconds)]
    public uint TcpFin { get; set; }

    /// <summary>Seconds for UDP, 1 to 2147483.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1u, LvsTimeout.MaximumSeconds)]
    public uint Udp { get; set; }

    /// <summary>Write the values as the kernel reports them afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IpvsClient client = await ConnectAsync();
        LvsTimeout current = await client.GetTimeoutAsync(StopToken);
        LvsTimeout desired = current with
        {
            Tcp = Tcp == 0 ? current.Tcp : Tcp,
            TcpFin = TcpFin == 0 ? current.TcpFin : TcpFin,
            Udp = Udp == 0 ? current.Udp : Udp,
        };
        IReadOnlyList<string> changes = SettingsText.Differences(current, desired);
        if (changes.Count == 0)
        {
            await VerboseAsync($"The timeouts of {HostText} are already as wanted: nothing is changed.");
        }
        else if (await ShouldProcessAsync($"timeouts of {HostText}", $"Set {string.Join(", ", changes)}"))
        {
            await client.SetTimeoutAsync(desired, StopToken);
        }
        else
        {
            return;
        }

        if (PassThru)
        {
            await OutputAsync(await client.GetTimeoutAsync(StopToken));
        }
    });
}
