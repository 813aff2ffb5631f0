using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about the virtual IPs that a director holds: which, on the command line and by the pipeline.</summary>
public abstract class DirectorVipCommand : VipCommand
{
    // A service as it is typed, such as tcp/192.0.2.10:80, is no address but names one.
    private protected override PSObject? Read(PSObject? input) =>
        input?.BaseObject is string text && LvsServiceId.TryParse(text, out LvsServiceId? service, out _) ? PSObject.AsPSObject(service) : input;
}
