using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Makes error records. Their ids are an interface: scripts test them, so they do not change.</summary>
internal static class Errors
{
    /// <summary>Whether an exception is one that work on hosts is known to end in, in contrast to a fault of ours.</summary>
    internal static bool IsExpected(Exception exception) =>
        exception is IpvsException or LvsHostException or LvsValidationException or LvsSyncException or LvsConfigurationException or LvsDrainException or LvsRolloutException or NetlinkException;

    /// <summary>The error record of an expected exception.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="target">The object that the work was about, where the exception does not know it better.</param>
    internal static ErrorRecord ToRecord(Exception exception, object? target) => exception switch
    {
        IpvsException ipvs => new(ipvs, ipvs.Error.ToString(), Category(ipvs.Error), ipvs.Target ?? target),
        LvsValidationException refused => new(refused, refused.Id, ErrorCategory.InvalidArgument, target),
        LvsSyncException sync => new(sync, sync.Error.ToString(), Category(sync.Error), target),
        LvsConfigurationException document => new(document, document.Id, Category(document), document.Source is null ? target : Place(document)),
        LvsDrainException { Status: { } left } drain => new(drain, "DrainTimeout", ErrorCategory.OperationTimeout, left),
        LvsDrainException drain => new(drain, "RampUpDisturbed", ErrorCategory.InvalidOperation, target),
        LvsRolloutException rollout => new(rollout, rollout.Id, ErrorCategory.OperationStopped, target),
        LvsHostException host => new(host, host.Error == LvsHostError.Failed ? "HostFailed" : host.Error.ToString(), Category(host.Error), target),
        // The name of the type tells what went wrong: NetlinkTimeout, NetlinkTruncated, NetlinkOverrun, NetlinkFormat ...
        _ => new(exception, exception.GetType().Name.Replace("Exception", string.Empty, StringComparison.Ordinal), Category(exception), target),
    };

    internal static ErrorRecord ServiceNotFound(LvsServiceId id, string host) => new(
        new ItemNotFoundException($"There is no virtual service {id} on {host}. Get-LvsVirtualService lists those that exist; New-LvsVirtualService {id} makes this one."),
        nameof(IpvsError.ServiceNotFound), ErrorCategory.ObjectNotFound, id);

    internal static ErrorRecord ServerNotFound(string server, LvsServiceId id, string host) => new(
        new ItemNotFoundException($"There is no real server {server} in the virtual service {id} on {host}. Get-LvsRealServer {id} lists those that exist; Add-LvsRealServer adds one."),
        nameof(IpvsError.RealServerNotFound), ErrorCategory.ObjectNotFound, server);

    internal static ErrorRecord ServerNotFound(string server, string host) => new(
        new ItemNotFoundException($"There is no real server {server} in any of the chosen virtual services on {host}. Get-LvsRealServer lists those that exist."),
        nameof(IpvsError.RealServerNotFound), ErrorCategory.ObjectNotFound, server);

    internal static ErrorRecord InvalidService(LvsServiceSelector selector) =>
        new(new PSArgumentException(selector.Refusal), "InvalidVirtualService", ErrorCategory.InvalidArgument, selector.Text);

    internal static ErrorRecord InvalidServer(LvsServerSelector selector) =>
        new(new PSArgumentException(selector.Refusal), "InvalidRealServer", ErrorCategory.InvalidArgument, selector.Text);

    internal static ErrorRecord WildcardRefused(string text) => new(
        new PSArgumentException($"'{text}' has a wildcard, but what shall be made must be named exactly."),
        "WildcardNotAllowed", ErrorCategory.InvalidArgument, text);

    internal static ErrorRecord ServiceNamedTwice(PSObject input) => new(
        new PSArgumentException($"Both the command line and the pipeline name a virtual service ('{input}'): name it in one place."),
        "VirtualServiceNamedTwice", ErrorCategory.InvalidArgument, input);

    internal static ErrorRecord ServiceMissing(PSObject? input) => new(
        new PSArgumentException(input is null
            ? "Name a virtual service: as the first argument (tcp/192.0.2.10:80), by -Address and -Port, by -FirewallMark, or from the pipeline."
            : $"The input object '{input}' names no virtual service: it is no text, no virtual service, and has no property VirtualService."),
        "VirtualServiceMissing", ErrorCategory.InvalidArgument, input);

    internal static ErrorRecord ServerMissing(PSObject? input) => new(
        new PSArgumentException("Name the real servers: as the second argument (192.0.2.21, 192.0.2.22:8080), or by a property RealServer from the pipeline."),
        "RealServerMissing", ErrorCategory.InvalidArgument, input);

    internal static ErrorRecord SessionNotFound(string which, object target) => new(
        new ItemNotFoundException($"There is no open session {which}. Get-LvsSession lists those that there are."),
        "SessionNotFound", ErrorCategory.ObjectNotFound, target);

    internal static ErrorRecord HostNamedTwice(IEnumerable<string> parameters) => new(
        new PSArgumentException($"Name the hosts in one way: -{string.Join(" and -", parameters)} exclude each other."),
        "HostNamedTwice", ErrorCategory.InvalidArgument, null);

    internal static ErrorRecord DocumentMissing() => new(
        new PSArgumentException("Name the desired state: a file as the first argument (-Path), an object by -Configuration, or from the pipeline (Import-LvsConfiguration FILE | ...)."),
        "ConfigurationMissing", ErrorCategory.InvalidArgument, null);

    internal static ErrorRecord DocumentNamedTwice(IEnumerable<string> ways) => new(
        new PSArgumentException($"Name the desired state in one way: {string.Join(" and ", ways)} exclude each other."),
        "ConfigurationNamedTwice", ErrorCategory.InvalidArgument, null);

    internal static ErrorRecord InputUnknown(PSObject input) => new(
        new PSArgumentException($"The input object '{input}' tells this cmdlet nothing: it has no property HostName, nor any that is a parameter here. Hosts are named by -HostName, also many: -HostName (Get-Content hosts.txt)."),
        "InputObjectUnknown", ErrorCategory.InvalidArgument, input);

    private static ErrorCategory Category(IpvsError error) => error switch
    {
        IpvsError.ServiceExists or IpvsError.RealServerExists or IpvsError.SyncDaemonRunning => ErrorCategory.ResourceExists,
        IpvsError.ServiceNotFound or IpvsError.RealServerNotFound or IpvsError.SchedulerNotFound or IpvsError.PersistenceEngineNotFound
            or IpvsError.InterfaceNotFound or IpvsError.SyncDaemonNotRunning => ErrorCategory.ObjectNotFound,
        IpvsError.PermissionDenied => ErrorCategory.PermissionDenied,
        IpvsError.ModuleNotLoaded => ErrorCategory.ResourceUnavailable,
        IpvsError.InvalidRequest or IpvsError.ValueOutOfRange or IpvsError.AddressFamilyNotSupported => ErrorCategory.InvalidArgument,
        _ => ErrorCategory.NotSpecified,
    };

    private static ErrorCategory Category(LvsConfigurationException document) => document.Id switch
    {
        "ConfigurationFileMissing" => ErrorCategory.ObjectNotFound,
        "ConfigurationFileUnreadable" => ErrorCategory.ReadError,
        "ConfigurationFileUnclear" or "ConfigurationFormatUnclear" => ErrorCategory.InvalidArgument,
        _ => ErrorCategory.InvalidData,
    };

    // As editors take it: file:line.
    private static string Place(LvsConfigurationException document) =>
        document.Line == 0 ? document.Source! : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{document.Source}:{document.Line}");

    private static ErrorCategory Category(LvsSyncError error) => error switch
    {
        LvsSyncError.ChangedMeanwhile => ErrorCategory.ResourceExists,
        LvsSyncError.PlanOutdated or LvsSyncError.MinimumNotKept => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };

    private static ErrorCategory Category(LvsHostError error) => error switch
    {
        LvsHostError.ProgramMissing => ErrorCategory.NotInstalled,
        LvsHostError.FileMissing or LvsHostError.NamespaceMissing or LvsHostError.InterfaceMissing or LvsHostError.ParameterMissing => ErrorCategory.ObjectNotFound,
        LvsHostError.AddressConflict or LvsHostError.AddressInUse or LvsHostError.FileNotOurs => ErrorCategory.ResourceExists,
        LvsHostError.ModuleNotLoaded => ErrorCategory.ResourceUnavailable,
        LvsHostError.NameResolutionFailed or LvsHostError.ConnectionRefused or LvsHostError.HostUnreachable or LvsHostError.ConnectionLost => ErrorCategory.ConnectionError,
        LvsHostError.ConnectionTimeout => ErrorCategory.OperationTimeout,
        LvsHostError.HostKeyUnknown or LvsHostError.HostKeyChanged => ErrorCategory.SecurityError,
        LvsHostError.AuthenticationFailed => ErrorCategory.AuthenticationError,
        LvsHostError.InterfaceUnsuitable or LvsHostError.PersistenceInNamespace => ErrorCategory.InvalidOperation,
        LvsHostError.BadReply => ErrorCategory.InvalidData,
        LvsHostError.AccessDenied or LvsHostError.SudoRefused => ErrorCategory.PermissionDenied,
        LvsHostError.ValueRefused => ErrorCategory.InvalidArgument,
        LvsHostError.NotSupported or LvsHostError.PersistenceNotSupported => ErrorCategory.NotImplemented,
        _ => ErrorCategory.NotSpecified,
    };

    private static ErrorCategory Category(Exception exception) => exception switch
    {
        NetlinkTimeoutException => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.ReadError,
    };
}
