namespace LvsAdmin.Core.Hosts;

/// <summary>The errors that files and programs of any host give: one wording for this machine and for others.</summary>
internal static class HostErrors
{
    // Where Debian has the programs that this library runs; other distributions name their packages alike.
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["ip"] = "iproute2",
        ["modprobe"] = "kmod",
        ["sysctl"] = "procps",
        ["readlink"] = "coreutils",
        ["arping"] = "iputils-arping",
        ["ipvsadm"] = "ipvsadm",
        ["ndisc6"] = "ndisc6",
        ["ssh"] = "openssh-client",
        ["sudo"] = "sudo",
    };

    internal static LvsHostException FileMissing(string path, string host, Exception? cause = null) =>
        new(LvsHostError.FileMissing, $"There is no file {path} on {host}.", cause);

    /// <param name="participle">What was to be done with the file: <c>read</c>, <c>written</c>, <c>removed</c>, <c>listed</c>.</param>
    /// <param name="path">The file.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="words">What the system said.</param>
    /// <param name="cause">The exception behind it.</param>
    internal static LvsHostException FileDenied(string participle, string path, string host, string remedy, string words, Exception? cause = null) => new(
        LvsHostError.AccessDenied, $"{path} cannot be {participle} by this user on {host}: {remedy}; in a container, /proc/sys must be writable too ({words}).", cause);

    internal static LvsHostException ValueRefused(string path, string host, string words, Exception? cause = null) =>
        new(LvsHostError.ValueRefused, $"The kernel refused the value for {path} on {host}: {words}", cause);

    internal static LvsHostException FileFailed(string participle, string path, string host, string words, Exception? cause = null) =>
        new(LvsHostError.Failed, $"{path} cannot be {participle} on {host}: {words}", cause);

    internal static LvsHostException ProgramMissing(string program, string host, Exception? cause = null) =>
        new(LvsHostError.ProgramMissing, ProgramMissingText(program, host), cause);

    internal static string ProgramMissingText(string program, string host) =>
        $"The program '{program}' is not on {host}."
        + (Packages.TryGetValue(program, out string? package) ? $" On Debian it is in the package {package}: apt-get install {package}." : string.Empty);
}
