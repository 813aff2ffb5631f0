using System.Management.Automation;
using LvsAdmin.Commands;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Parameters;

/// <summary>
/// Takes a desired state as an object, as one that was in a file or another session meanwhile, or as a table typed at the prompt:
/// <c>@{ VirtualServices = @{ VirtualService = 'tcp/192.0.2.10:80'; RealServers = '192.0.2.21' } }</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LvsConfigurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        try
        {
            return DesiredState.Of(inputData) ?? inputData;
        }
        catch (LvsConfigurationException refused)
        {
            throw new ArgumentTransformationMetadataException(refused.Message, refused);
        }
    }
}
