using System.Diagnostics;
using System.Runtime.Versioning;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Contract;

/// <summary>One namespace of the real kernel for all facts of a class, with the network of <see cref="ContractNetwork"/>.</summary>
[SupportedOSPlatform("linux")]
public sealed class ContractNamespace : IDisposable
{
    private NamespaceThread? _thread;

    internal INetlinkTransport OpenTransport()
    {
        NamespaceThread.RequireIpvs();
        _thread ??= Make();
        return _thread.Do(() => KernelNetlinkTransport.Open());
    }

    public void Dispose() => _thread?.Dispose();

    private static NamespaceThread Make()
    {
        NamespaceThread thread = new();
        using Process ip = thread.Do(() => Process.Start(
            "/bin/sh", ["-ec", "ip link add dummy0 type dummy; ip address add 192.0.2.1/24 broadcast 192.0.2.255 dev dummy0; ip link set dummy0 up"]));
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
        return thread;
    }
}
