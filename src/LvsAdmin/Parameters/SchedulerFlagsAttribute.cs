using System.Collections;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>Reads scheduler flags from one text or from several: <c>mh-fallback,mh-port</c> or <c>'mh-fallback', 'mh-port'</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchedulerFlagsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                null => default(LvsSchedulerFlags),
                string text => LvsSchedulerFlags.Parse(text),
                IEnumerable names => LvsSchedulerFlags.Parse(string.Join(',', names.Cast<object>())),
                _ => value,
            };
        }
        catch (FormatException exception)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}
