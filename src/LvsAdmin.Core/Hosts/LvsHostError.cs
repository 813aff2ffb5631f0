namespace LvsAdmin.Core.Hosts;

/// <summary>What kind of trouble a host gave. Each kind is an error id of the cmdlets.</summary>
public enum LvsHostError
{
    /// <summary>None of the others.</summary>
    Failed,

    /// <summary>A program is not on the host.</summary>
    ProgramMissing,

    /// <summary>A file or a directory is not there.</summary>
    FileMissing,

    /// <summary>The host's system refused it: other rights are needed.</summary>
    AccessDenied,

    /// <summary>The host's kernel refused the value that was written.</summary>
    ValueRefused,

    /// <summary>There is no such network namespace.</summary>
    NamespaceMissing,

    /// <summary>This operating system cannot do it: only Linux can.</summary>
    NotSupported,

    /// <summary>There is no such network interface.</summary>
    InterfaceMissing,

    /// <summary>The interface is there, but of a kind that cannot serve the purpose.</summary>
    InterfaceUnsuitable,

    /// <summary>The address is on the host already, in another way than the one asked for.</summary>
    AddressConflict,

    /// <summary>Another host on the link answers for the address.</summary>
    AddressInUse,

    /// <summary>A port of the host is in use for something else.</summary>
    PortInUse,

    /// <summary>The director cannot be reached on a link of the host, without a router between.</summary>
    DirectorNotOnLink,

    /// <summary>The host has no such address, or which of several is meant is not said.</summary>
    RealServerAddressUnclear,

    /// <summary>A kernel module is neither loaded nor could it be loaded.</summary>
    ModuleNotLoaded,

    /// <summary>The host's kernel has no such parameter.</summary>
    ParameterMissing,

    /// <summary>What a program printed or a file contained could not be understood.</summary>
    BadReply,

    /// <summary>A file at the place where LvsAdmin would write one is not its own: the mark in the first line is missing.</summary>
    FileNotOurs,

    /// <summary>What shall survive a boot cannot: nothing that LvsAdmin knows brings the host's network up, or the one that does cannot say it.</summary>
    PersistenceNotSupported,

    /// <summary>What shall survive a boot is in a network namespace other than the host's own, which no boot makes.</summary>
    PersistenceInNamespace,

    /// <summary>The name of a host over SSH, or of a jump host, leads to no address.</summary>
    NameResolutionFailed,

    /// <summary>Nothing listens on the host's SSH port.</summary>
    ConnectionRefused,

    /// <summary>No way leads to the host: no route, or a network that is down.</summary>
    HostUnreachable,

    /// <summary>The host did not answer, or did not come to the point of taking requests, in time.</summary>
    ConnectionTimeout,

    /// <summary>The key of the host is in no list of known hosts.</summary>
    HostKeyUnknown,

    /// <summary>The key of the host is another than the known one.</summary>
    HostKeyChanged,

    /// <summary>The host took none of the user's keys.</summary>
    AuthenticationFailed,

    /// <summary>sudo on the host refused, or wants a password.</summary>
    SudoRefused,

    /// <summary>The connection to the host ended while it was needed.</summary>
    ConnectionLost,
}
