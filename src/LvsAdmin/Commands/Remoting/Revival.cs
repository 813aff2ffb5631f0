using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands.Remoting;

/// <summary>
/// Makes of an object that was in another session, a job or a file what it was there, so that no cmdlet has to know the difference. Observed values are
/// not what an input object is read for, and are left behind.
/// </summary>
internal static class Revival
{
    private const string Prefix = "Deserialized.";

    /// <summary>The object as it was, if it is one of ours and names what it should; otherwise the object itself.</summary>
    internal static PSObject? Of(PSObject? input)
    {
        if (input?.TypeNames.FirstOrDefault() is not { } type || !type.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return input;
        }

        try
        {
            // What stands behind # chose a view.
            object? revived = type[Prefix.Length..].Split('#')[0] switch
            {
                "LvsAdmin.Core.Ipvs.LvsVirtualService" => Service(input),
                "LvsAdmin.Core.Ipvs.LvsRealServer" => Server(input),
                "LvsAdmin.Core.Network.LvsRealServerVip" => RealServerVip(input),
                "LvsAdmin.Core.Network.LvsDirectorVip" => DirectorVip(input),
                _ => null,
            };
            return revived is null ? input : PSObject.AsPSObject(revived);
        }
        catch (Exception exception) when (exception is PSInvalidCastException or ArgumentException or FormatException)
        {
            // Some other thing under the name of ours: its properties may still say something.
            return input;
        }
    }

    private static LvsVirtualService Service(PSObject input) => new(new VirtualServiceSettings
    {
        VirtualService = LvsServiceId.Parse(Text(input, nameof(LvsVirtualService.VirtualService))!),
        Scheduler = Text(input, nameof(LvsVirtualService.Scheduler)) ?? VirtualServiceSettings.DefaultScheduler,
        SchedulerFlags = LvsSchedulerFlags.Parse(Text(input, nameof(LvsVirtualService.SchedulerFlags)) ?? string.Empty),
        OnePacket = Value<bool>(input, nameof(LvsVirtualService.OnePacket)),
        PersistenceTimeout = Value<uint?>(input, nameof(LvsVirtualService.PersistenceTimeout)),
        PersistencePrefixLength = Value<int?>(input, nameof(LvsVirtualService.PersistencePrefixLength)),
        PersistenceEngine = Text(input, nameof(LvsVirtualService.PersistenceEngine)),
    })
    { HostName = Host(input), NetworkNamespace = Namespace(input) };

    private static LvsRealServer Server(PSObject input) => new(
        LvsServiceId.Parse(Text(input, nameof(LvsRealServer.VirtualService))!),
        new RealServerSettings
        {
            RealServer = LvsServerId.Parse(Text(input, nameof(LvsRealServer.RealServer))!),
            Forwarding = Value<LvsForwardingMethod>(input, nameof(LvsRealServer.Forwarding)),
            Weight = Value<int>(input, nameof(LvsRealServer.Weight)),
            UpperThreshold = Value<uint>(input, nameof(LvsRealServer.UpperThreshold)),
            LowerThreshold = Value<uint>(input, nameof(LvsRealServer.LowerThreshold)),
            TunnelType = Value<LvsTunnelType>(input, nameof(LvsRealServer.TunnelType)),
            TunnelPort = Value<ushort>(input, nameof(LvsRealServer.TunnelPort)),
            TunnelChecksum = Value<LvsTunnelChecksum>(input, nameof(LvsRealServer.TunnelChecksum)),
        })
    { HostName = Host(input), NetworkNamespace = Namespace(input) };

    private static LvsRealServerVip RealServerVip(PSObject input) => new()
    {
        Address = LvsAddress.Parse(Text(input, nameof(LvsRealServerVip.Address))!),
        PrefixLength = Value<int>(input, nameof(LvsRealServerVip.PrefixLength)),
        Interface = Text(input, nameof(LvsRealServerVip.Interface)) ?? string.Empty,
        Forwarding = Value<LvsForwardingMethod>(input, nameof(LvsRealServerVip.Forwarding)),
        HostName = Host(input),
        NetworkNamespace = Namespace(input),
    };

    private static LvsDirectorVip DirectorVip(PSObject input) => new()
    {
        Address = LvsAddress.Parse(Text(input, nameof(LvsDirectorVip.Address))!),
        PrefixLength = Value<int>(input, nameof(LvsDirectorVip.PrefixLength)),
        Interface = Text(input, nameof(LvsDirectorVip.Interface)) ?? string.Empty,
        HostName = Host(input),
        NetworkNamespace = Namespace(input),
    };

    // The very string: which session it came from may be known by it.
    private static string Host(PSObject input) => input.Properties["HostName"]?.Value as string ?? string.Empty;

    private static string? Namespace(PSObject input) => Text(input, "NetworkNamespace") is { Length: > 0 } name ? name : null;

    private static string? Text(PSObject input, string name) => input.Properties[name]?.Value?.ToString();

    private static T? Value<T>(PSObject input, string name) =>
        input.Properties[name]?.Value is { } value ? LanguagePrimitives.ConvertTo<T>(value) : default;
}
