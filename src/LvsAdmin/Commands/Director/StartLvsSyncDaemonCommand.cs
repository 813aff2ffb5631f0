using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Starts a connection synchronisation daemon on a director.</summary>
[Cmdlet(VerbsLifecycle.Start, "LvsSyncDaemon", SupportsShouldProcess = true)]
[OutputType(typeof(LvsSyncDaemon))]
public sealed class StartLvsSyncDaemonCommand : LvsHostCommand
{
    /// <summary>Master sends connections, Backup receives them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public LvsSyncRole Role { get; set; }

    /// <summary>The interface on which the multicast goes or comes.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string Interface { get; set; } = string.Empty;

    /// <summary>0 to 255: daemons with the same number belong together; 0 on a backup takes all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public byte SyncId { get; set; }

    /// <summary>The longest message in bytes, 1 to 65535; the kernel's choice follows the interface's MTU.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public ushort? MaximumLength { get; set; }

    /// <summary>The multicast group, IPv4 or IPv6; 224.0.0.81 unless said otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsAddress? MulticastGroup { get; set; }

    /// <summary>The UDP port; 8848 unless said otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public ushort? MulticastPort { get; set; }

    /// <summary>The time to live of the multicast, 1 to 255; 1 unless said otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public byte? MulticastTtl { get; set; }

    /// <summary>Write the daemon as the kernel reports it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        LvsSyncDaemon daemon = new()
        {
            Role = Role,
            Interface = Interface,
            SyncId = SyncId,
            MaximumLength = MaximumLength,
            MulticastGroup = MulticastGroup,
            MulticastPort = MulticastPort,
            MulticastTtl = MulticastTtl,
        };
        await AttemptAsync(daemon, async () =>
        {
            IpvsValidation.Check(daemon);
            IpvsClient client = await ConnectAsync();
            if (!await ShouldProcessAsync($"{Role} sync daemon on {Interface} of {HostText}", $"Start: {SettingsText.Of(daemon)}"))
            {
                return;
            }

            await client.StartSyncDaemonAsync(daemon, StopToken);
            if (PassThru)
            {
                foreach (LvsSyncDaemon running in (await client.GetSyncDaemonsAsync(StopToken)).Where(running => running.Role == Role))
                {
                    await OutputAsync(running);
                }
            }
        });
    }
}
