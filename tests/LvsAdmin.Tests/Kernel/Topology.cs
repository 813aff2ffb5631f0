using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace LvsAdmin.Tests.Kernel;

/// <summary>
/// The lab's network (lab/topology): namespaces client, director, rs1 and rs2. Tests that use it belong to the collection of
/// <see cref="SharedTopology"/>, so that one network serves them all and no two change it at the same time.
/// </summary>
public sealed partial class Topology : IDisposable
{
    private const int CloneNewNet = 0x40000000;
    private static readonly string[] Families = ["ipv4", "ipv6"];

    public Topology()
    {
        // Made also where all its tests are to be skipped, and then it must not touch the machine.
        if (NamespaceThread.HasIpvs)
        {
            Run(Script, ["up", "2"]);
            // Their modules make devices in every namespace, and those stay: they are to be there before anything is compared.
            Run("modprobe", ["-a", "ipip", "sit", "ip6_tunnel", "ip_gre", "ip6_gre", "fou"]);
        }
    }

    private static string Script => Path.Combine(Checkout.Root(), "lab", "topology");

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            Run(Script, ["down"]);
        }
    }

    /// <summary>Runs a program in a namespace and gives its output; it must succeed.</summary>
    public static string RunIn(string networkNamespace, string program, params string[] arguments)
        => Run("ip", ["netns", "exec", networkNamespace, program, .. arguments]);

    /// <summary>Adds a host to the first link, for as long as a test needs one more.</summary>
    /// <param name="name">Its namespace.</param>
    /// <param name="address">Its address on the link, IPv4.</param>
    public static void AddHost(string name, string address)
    {
        Run("ip", ["-batch", "-"], $"netns add {name}\nlink add eth0 netns {name} type veth peer name {name} netns lab-switch\n");
        Run("ip", ["-n", "lab-switch", "link", "set", name, "up", "master", "bridge"]);
        Batch(name, "link set lo up", "link set eth0 up", $"address add {address}/24 dev eth0");
    }

    /// <summary>Takes such a host away.</summary>
    public static void RemoveHost(string name)
    {
        // Its link first: the kernel takes a namespace's own away only some time after its name, and until then the next host of this name finds the name taken.
        Run("ip", ["-n", "lab-switch", "link", "delete", name]);
        Run("ip", ["netns", "delete", name]);
    }

    /// <summary>Runs several ip(8) commands in a namespace, in one process; all must succeed.</summary>
    public static string Batch(string networkNamespace, params string[] commands) =>
        Run("ip", ["-details", "-json", "-n", networkNamespace, "-batch", "-"], string.Join('\n', commands) + "\n");

    /// <summary>Everything in a namespace that preparing a host can change: links, addresses, routes, rules, receive ports, and all settings of interfaces.</summary>
    /// <param name="networkNamespace">The namespace.</param>
    /// <param name="rulesV6">Whether IPv6 rules are among it, which take a process of their own.</param>
    public static string State(string networkNamespace, bool rulesV6 = false)
    {
        // A device that was up once keeps its queue: it reads noqueue, and never noop again.
        var state = (Batch(networkNamespace, "address show", "route show table all", "rule show", "fou show") + (rulesV6 ? Run("ip", ["-6", "-n", networkNamespace, "rule", "show"]) : string.Empty))
            .Replace("\"qdisc\":\"noop\"", "\"qdisc\":\"noqueue\"", StringComparison.Ordinal);
        // A tunnel that was up once has its IPv6 settings from then on: of these, only those of the interfaces that are always there.
        return state + InNamespace(networkNamespace, () => string.Join('\n',
            from family in Families
            from name in family == "ipv4" ? Directory.GetDirectories("/proc/sys/net/ipv4/conf").Select(Path.GetFileName) : ["all", "default", "lo", "eth0"]
            from path in Directory.EnumerateFiles($"/proc/sys/net/{family}/conf/{name}").Order(StringComparer.Ordinal)
            where !path.EndsWith("stable_secret", StringComparison.Ordinal)
            select $"{path}={File.ReadAllText(path).Trim()}"));
    }

    /// <summary>The body of the page that a request from a namespace is answered with. A connection each, as curl would make it.</summary>
    public static string Http(string networkNamespace, string url, TimeSpan? timeout = null)
    {
        var uri = new Uri(url);
        var milliseconds = (int)(timeout ?? TimeSpan.FromSeconds(5)).TotalMilliseconds;
        return InNamespace(networkNamespace, () =>
        {
            var address = IPAddress.Parse(uri.IdnHost);
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = milliseconds, ReceiveTimeout = milliseconds };
            // Blocking throughout: only so does the work stay on the thread that entered the namespace. SO_SNDTIMEO bounds connect too.
            socket.Connect(address, uri.Port);
            socket.Send(Encoding.ASCII.GetBytes($"GET {uri.PathAndQuery} HTTP/1.0\r\nHost: {uri.Authority}\r\n\r\n"));
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
            var response = reader.ReadToEnd();
            var head = response.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return response.StartsWith("HTTP/1.", StringComparison.Ordinal) && response.AsSpan(9).StartsWith("200") && head > 0
                ? response[(head + 4)..].TrimEnd()
                : throw new IOException($"{url} answered: {response}");
        });
    }

    /// <summary>Does something on a thread of its own that has entered a namespace: sockets that it opens belong there.</summary>
    public static T InNamespace<T>(string networkNamespace, Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{networkNamespace}");
                if (SetNamespace(handle, CloneNewNet) != 0)
                {
                    throw new IOException($"setns to {networkNamespace}: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static string Run(string program, IReadOnlyCollection<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} gave {process.ExitCode}: {errors.Result}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);
}
