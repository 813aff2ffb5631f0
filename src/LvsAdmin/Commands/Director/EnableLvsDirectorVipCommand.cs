using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Gives a director its virtual IPs, and tells the link at once.</summary>
[Cmdlet(VerbsLifecycle.Enable, "LvsDirectorVip", SupportsShouldProcess = true)]
[OutputType(typeof(LvsDirectorVip))]
public sealed class EnableLvsDirectorVipCommand : DirectorVipCommand
{
    private readonly ConcurrentDictionary<(HostReference Host, LvsAddress Vip), bool> _done = [];

    /// <summary>The interface to hold the virtual IP; the one on whose link it lies unless said otherwise.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Interface { get; set; }

    /// <summary>The length of the prefix in bits: 32 for IPv4 and 128 for IPv6 unless said otherwise.</summary>
    [Parameter]
    public int? PrefixLength { get; set; }

    /// <summary>Take the virtual IP over although another host answers for it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Announce an IPv4 virtual IP also where the director has it already: neighbours that know another host for it learn better.</summary>
    [Parameter]
    public SwitchParameter Announce { get; set; }

    /// <summary>Let it come back after a boot, by files that the host's own network manager reads.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Who brings it back, where the one found on the host is not the right one.</summary>
    [Parameter]
    public LvsPersistence? PersistenceMethod { get; set; }

    /// <summary>Write the virtual IPs as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        LvsDirectorVipSettings settings = new()
        {
            Interface = string.IsNullOrEmpty(Interface) ? null : Interface,
            PrefixLength = PrefixLength,
            TakeOver = Force,
            IsAnnounced = Announce,
            IsPersistent = Persistent || PersistenceMethod is not null,
            Persistence = PersistenceMethod,
        };
        foreach (LvsAddress vip in Require().Vips)
        {
            // Several services of one virtual IP come one after the other.
            if (!_done.TryAdd((CurrentHost, vip), true))
            {
                continue;
            }

            await AttemptAsync(vip, async () =>
            {
                LvsVipPlan plan = await DirectorVips.PlanEnableAsync(TargetHost, vip, settings, StopToken);
                foreach (string warning in plan.Warnings)
                {
                    await WarningAsync(warning);
                }

                if (await ApplyAsync($"director's virtual IP {vip} on {HostText}", "Enable", plan.Changes) && PassThru)
                {
                    foreach (LvsDirectorVip enabled in await DirectorVips.FindAsync(TargetHost, vip, StopToken))
                    {
                        await OutputAsync(enabled);
                    }
                }
            });
        }
    }
}
