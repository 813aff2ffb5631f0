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
}
