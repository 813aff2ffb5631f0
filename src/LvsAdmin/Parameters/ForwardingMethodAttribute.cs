using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>Lets a forwarding method be typed in the words of ipvsadm, keepalived and ldirectord: masq, gate, ipip, DR, TUN, -m, -g, -i.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ForwardingMethodAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is string text
            ? LvsForwarding.TryParse(text, out LvsForwardingMethod method) ? method : text
            : value;
    }
}
