using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that changes or shows virtual IPs: which, on the command line and by the pipeline.</summary>
public abstract class VipCommand : HostChangeCommand
{
    /// <summary>The virtual IPs, IPv4 or IPv6.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Vip")]
    public LvsAddress[]? Address { get; set; }

    /// <summary>A virtual IP, a virtual service, a real server of one, or what another VIP cmdlet wrote, from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true)]
    public override PSObject? InputObject { get; set; }

    private protected override bool ReadsInputObject => true;

    /// <summary>The input object as <see cref="VipSelection"/> takes it.</summary>
    private protected virtual PSObject? Read(PSObject? input) => input;

    /// <summary>What the present input object chooses; it may be nothing.</summary>
    private protected VipSelection Choose()
    {
        try
        {
            PSObject? input = IsOnCommandLine(nameof(Address)) ? null : Read(InputObject);
            VipSelection chosen = VipSelection.Of(input, Address);
            return chosen.IsOfDirector ? chosen with { Director = OriginOf(input) ?? new HostReference.Local(null) } : chosen;
        }
        catch (PSArgumentException exception)
        {
            ThrowTerminatingError(new ErrorRecord(exception, "InvalidAddress", ErrorCategory.InvalidArgument, InputObject));
            throw;
        }
    }

    /// <summary>What the present input object chooses; choosing nothing ends the command.</summary>
    private protected VipSelection Require() => Required(Choose());

    /// <summary>A choice; that of nothing ends the command.</summary>
    private protected VipSelection Required(VipSelection chosen)
    {
        if (chosen.Vips.Count == 0)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("Name the virtual IPs: as the first argument (192.0.2.10), or a service from the pipeline. A service of a firewall mark has none of its own."),
                "AddressMissing", ErrorCategory.InvalidArgument, InputObject));
        }

        return chosen;
    }
}
