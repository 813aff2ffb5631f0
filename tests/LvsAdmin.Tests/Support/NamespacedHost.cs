using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Tests.Support;

/// <summary>Makes of a host of files in memory one that tells in which network namespace it is, as what is kept by namespace asks.</summary>
internal sealed class NamespacedHost
{
    /// <summary>The machine's own namespace.</summary>
    internal const string Machine = "net:[4026531840]";

    internal NamespacedHost()
    {
        Host.Files["/proc/sys/kernel/random/boot_id"] = "11111111-aaaa\n";
        Host.Program = invocation => $"{invocation}" == "readlink /proc/1/ns/net /proc/self/ns/net"
            ? new ProgramResult(0, $"{Machine}\n{Own}\n", string.Empty)
            : throw new InvalidOperationException($"{invocation}");
    }

    internal FakeHost Host { get; } = new() { NetworkNamespace = null };

    /// <summary>The namespace that the host is in: the machine's own at first.</summary>
    internal string Own { get; set; } = Machine;
}
