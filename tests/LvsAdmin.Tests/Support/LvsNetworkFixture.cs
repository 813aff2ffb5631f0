using System.Diagnostics;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// Three hosts on one link, each a fresh network namespace: a client (192.0.2.100, 2001:db8::100), a director (.1) and a real server (.21), which
/// serves a page. Where IPVS is wanted and the kernel has none, the test is skipped.
/// </summary>
internal sealed class LvsNetworkFixture : IDisposable
{
    private static readonly string[] Directories = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    private readonly List<NetworkNamespaceFixture> _namespaces = [];
    private readonly string _page = Directory.CreateTempSubdirectory("lvs-test-").FullName;
    private Process? _server;

    internal LvsNetworkFixture(bool needsIpvs)
    {
        try
        {
            Client = Add();
            Assert.SkipWhen(
                needsIpvs && !(Directory.Exists("/proc/sys/net/ipv4/vs") && IsThere("ipvsadm") && IsThere("curl") && IsThere("busybox")),
                "traffic needs a kernel with IPVS, ipvsadm, curl and busybox: lab/lab test has them");
            Director = Add();
            RealServer = Add();
            NetworkNamespaceFixture link = Add();
            // In one shell: in the lab's kernel, to start a process from .NET takes most of the time.
            link.Shell(
                "ip link add br0 type bridge forward_delay 0; ip link set br0 up; "
                + Join(Client, 100) + Join(Director, 1) + Join(RealServer, 21));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal NetworkNamespaceFixture Client { get; }

    internal NetworkNamespaceFixture Director { get; }

    internal NetworkNamespaceFixture RealServer { get; }

    /// <summary>Serves the page "real server" on port 80 of every address.</summary>
    internal void Serve()
    {
        File.WriteAllText(Path.Combine(_page, "index.html"), "real server\n");
        _server = Process.Start("ip", ["netns", "exec", RealServer.Name, "busybox", "httpd", "-f", "-p", "[::]:80", "-h", _page]);
        RealServer.Shell("for i in $(seq 500); do grep -q ':0050 ' /proc/net/tcp6 && break; sleep 0.01; done");
    }

    /// <summary>What the client gets from an address; empty when there is no answer within a second.</summary>
    internal string Get(string address) =>
        Client.Shell($"curl -s --connect-timeout 1 --max-time 4 --noproxy '*' 'http://{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}/'");

    /// <summary>Whether anybody on the link answers the client's ARP request for an address.</summary>
    internal bool IsAnswered(string address)
    {
        // To send anything makes the kernel ask; the answer, or that there was none, is then in the neighbour table.
        Client.Shell($"ip neigh flush all; for i in 1 2; do echo >/dev/udp/{address}/9; sleep 0.1; done", "bash");
        return Client.Shell($"ip neigh show {address}").Contains("lladdr", StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            _server.WaitForExit();
            _server.Dispose();
        }

        foreach (NetworkNamespaceFixture each in _namespaces)
        {
            each.Dispose();
        }

        Directory.Delete(_page, recursive: true);
    }

    private static bool IsThere(string program) =>
        Directories.Any(directory => File.Exists(Path.Combine(directory, program)));

    private NetworkNamespaceFixture Add()
    {
        NetworkNamespaceFixture added = new();
        _namespaces.Add(added);
        return added;
    }

    private static string Join(NetworkNamespaceFixture host, int number) =>
        $"ip link add port{number} type veth peer name eth0 netns {host.Name}; ip link set port{number} master br0 up; "
        + $"ip -netns {host.Name} link set eth0 up; ip -netns {host.Name} address add 192.0.2.{number}/24 dev eth0; "
        + $"ip -netns {host.Name} address add 2001:db8::{number}/64 dev eth0 nodad; ";
}
