using System.Management.Automation;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Sets a parameter of IPVS in the kernel (net.ipv4.vs).</summary>
[Cmdlet(VerbsCommon.Set, "LvsKernelParameter", SupportsShouldProcess = true)]
[OutputType(typeof(LvsKernelParameter))]
public sealed class SetLvsKernelParameterCommand : HostChangeCommand
{
    /// <summary>The name within net.ipv4.vs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KernelParameterCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>The value: $true or $false for a switch, a number, or text such as '3 50'.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public object Value { get; set; } = string.Empty;

    /// <summary>Write the parameter as the kernel has it afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(Name, async () =>
    {
        object value = Value is PSObject wrapped ? wrapped.BaseObject : Value;
        IReadOnlyList<HostChange> plan = await KernelParameters.PlanSetAsync(TargetHost, Name, value, StopToken);
        if (await ApplyAsync($"kernel parameter {Name} on {HostText}", "Set", plan) && PassThru)
        {
            string name = Name[(Name.LastIndexOf('.') + 1)..];
            foreach (LvsKernelParameter parameter in (await KernelParameters.ReadAsync(TargetHost, StopToken)).Where(parameter => parameter.Name == name))
            {
                await OutputAsync(parameter);
            }
        }
    });
}
