using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>Deployments in the lab's network that work, one at a time, and what became of the scenarios in them: printed as a table at the end.</summary>
[SupportedOSPlatform("linux")]
public sealed class DeploymentLab : IDisposable
{
    /// <summary>The deployments: forwarding method and family.</summary>
    internal static readonly string[] Farms = ["DR", "TUN", "NAT", "DR IPv6", "TUN IPv6", "NAT IPv6", "GUE"];

    // What is well answers within a few; what waits longer waits in vain.
    private const int Milliseconds = 700;

    private readonly List<(string Name, string Farm, string Cause, bool Found, bool Sole, string Repaired)> _rows = [];
    private readonly CmdletFixture _cmdlets = new();

    /// <summary>The deployment that is up; null for none.</summary>
    internal string? Farm { get; private set; }

    /// <summary>Its VIP.</summary>
    internal string Vip => (IsNat, IsV6) switch
    {
        (false, false) => "192.0.2.10",
        (false, true) => "2001:db8::10",
        (true, false) => "198.51.100.10",
        (true, true) => "2001:db8:1::10",
    };

    /// <summary>Its service.</summary>
    internal string Service => IsV6 ? $"tcp/[{Vip}]:80" : $"tcp/{Vip}:80";

    internal bool IsNat => Farm!.StartsWith("NAT", StringComparison.Ordinal);

    internal bool IsV6 => Farm!.EndsWith("IPv6", StringComparison.Ordinal);

    /// <summary>The director's interface that holds the VIP.</summary>
    internal string VipInterface => IsNat ? "eth1" : "eth0";

    /// <summary>The command line that looks at all of it.</summary>
    internal static string Test => "Test-LvsDeployment -NetworkNamespace director -RealServerHost netns:rs1, netns:rs2 -From netns:client";

    /// <summary>The address of a real server.</summary>
    internal string RealServer(int number) => IsV6 ? $"2001:db8::2{number}" : $"192.0.2.2{number}";

    /// <summary>Makes a deployment that works.</summary>
    internal void Raise(string farm)
    {
        Farm = farm;
        Topology.Batch("director", $"address add {Vip}/{(IsV6 ? "128" : "32")} dev {VipInterface}{(IsV6 ? " nodad preferred_lft 0" : string.Empty)}");
        if (IsNat)
        {
            Write("director", IsV6 ? "ipv6/conf/all/forwarding" : "ipv4/ip_forward", "1");
            Topology.Batch("director", "address show dev lo");
        }

        string method = Farm.Split(' ')[0] switch { "DR" => "DirectRouting", "NAT" => "Nat", "GUE" => "Tunnel -TunnelType Gue -TunnelPort 5555", _ => "Tunnel" };
        Succeed("director", $"New-LvsVirtualService '{Service}' -Scheduler rr; Add-LvsRealServer '{Service}' '{RealServer(1)}', '{RealServer(2)}' -Forwarding {method}");
        for (int number = 1; number <= 2 && !IsNat; number++)
        {
            Succeed($"rs{number}", $"Enable-LvsRealServerVip {Vip} -Forwarding {method}{(method.StartsWith("Tun", StringComparison.Ordinal) ? $" -RealServerAddress {RealServer(number)}" : string.Empty)}");
        }

        // What the client knew of an earlier deployment is no news of this one.
        Topology.RunIn("client", "ip", "neigh", "flush", "all");
        // Director, IPv6: Linux asks for the neighbour only when the first packet waits.
        Assert.True(WorksSoon(), $"{farm} has to work before anything is broken");
    }

    /// <summary>Takes it away.</summary>
    internal void Lower()
    {
        for (int number = 1; number <= 2 && !IsNat; number++)
        {
            Run($"rs{number}", $"Disable-LvsRealServerVip {Vip}");
        }

        _cmdlets.ClearDirector();
        Topology.RunIn("director", "ip", "address", "delete", $"{Vip}/{(IsV6 ? "128" : "32")}", "dev", VipInterface);
        if (IsNat)
        {
            Write("director", IsV6 ? "ipv6/conf/all/forwarding" : "ipv4/ip_forward", "0");
        }

        Farm = null;
    }

    /// <summary>Runs cmdlets in a namespace; they must not fail.</summary>
    internal void Succeed(string networkNamespace, string script) => _cmdlets.Succeed(networkNamespace, script);

    /// <summary>Runs cmdlets in a namespace.</summary>
    internal EngineResult Run(string networkNamespace, string script) => _cmdlets.Run(networkNamespace, script);

    /// <summary>Runs a command line that checks, and gives the results.</summary>
    internal IReadOnlyList<LvsDeploymentCheck> Check(string line, out IReadOnlyList<string> errors)
    {
        EngineResult result = _cmdlets.Engine.Run(line);
        errors = [.. result.Errors.Select(error => $"{error}"), .. result.Terminating is null ? Array.Empty<string>() : [$"{result.Terminating}"]];
        return [.. result.Output.Select(each => (LvsDeploymentCheck)each.BaseObject)];
    }

    /// <summary>Sets a kernel parameter under /proc/sys/net.</summary>
    internal static void Write(string networkNamespace, string parameter, string value) => Topology.InNamespace(networkNamespace, () =>
    {
        File.WriteAllText($"/proc/sys/net/{parameter}", value);
        return true;
    });

    /// <summary>Runs ip(8) commands in a namespace.</summary>
    internal static void Ip(string networkNamespace, params string[] commands) => Topology.Batch(networkNamespace, commands);

    /// <summary>The MAC address of an interface.</summary>
    internal static string Mac(string networkNamespace, string interfaceName) =>
        Topology.InNamespace(networkNamespace, () => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .First(each => each.Name == interfaceName).GetPhysicalAddress().GetAddressBytes()).Aggregate(string.Empty, (text, part) => $"{text}{(text.Length > 0 ? ":" : string.Empty)}{part:x2}");

    /// <summary>Whether clients are served, each of two servers answering its share.</summary>
    internal bool Works() => Answers(2) is [var first, var second] && first != second;

    /// <summary>Whether clients are served, now or in a moment: a neighbour may have to be asked for first, and the guest has one processor.</summary>
    internal bool WorksSoon()
    {
        for (int turn = 0; turn < 4; turn++)
        {
            if (Works())
            {
                return true;
            }

            Thread.Sleep(500);
        }

        return false;
    }

    /// <summary>What requests are answered with; ends with the first that is not.</summary>
    internal string[] Answers(int requests)
    {
        List<string> answers = [];
        try
        {
            while (answers.Count < requests)
            {
                answers.Add(Topology.Http("client", IsV6 ? $"http://[{Vip}]:80/" : $"http://{Vip}:80/", TimeSpan.FromMilliseconds(Milliseconds)));
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            // Then there are fewer answers.
        }

        return [.. answers];
    }

    /// <summary>Whether each server answers a request that fills a packet of 1400 bytes; more would travel together, and a virtual link does not look at their length.</summary>
    internal bool WorksWithLargeRequests()
    {
        const int Length = 1345;
        return Topology.InNamespace("client", () =>
        {
            HashSet<string> answers = [];
            for (int request = 0; request < 2; request++)
            {
                IPAddress address = IPAddress.Parse(Vip);
                using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = Milliseconds, ReceiveTimeout = Milliseconds };
                try
                {
                    socket.Connect(address, 80);
                    socket.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\nX-Fill: ".PadRight(Length - 4, 'x') + "\r\n\r\n"));
                    using StreamReader reader = new(new NetworkStream(socket), Encoding.ASCII);
                    answers.Add(reader.ReadToEnd().Trim().Split('\n')[^1]);
                }
                catch (Exception failure) when (failure is SocketException or IOException)
                {
                    // Then there are fewer answers.
                }
            }

            return answers.Count == 2;
        });
    }

    /// <summary>Begins so many connections to the service, and forgets them at once.</summary>
    internal void Connect(int connections) => Topology.InNamespace("client", () =>
    {
        IPEndPoint place = new(IPAddress.Parse(Vip), 80);
        for (int connection = 0; connection < connections; connection++)
        {
            using Socket socket = new(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(place);
            }
            catch (SocketException waiting) when (waiting.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // On its way, which is all that is wanted.
            }
        }

        return true;
    });

    /// <summary>Lets the web server of a real server listen elsewhere.</summary>
    /// <param name="networkNamespace">The real server's namespace.</param>
    /// <param name="address">The address; <c>[::]</c> for all, as the lab has it; null for nowhere.</param>
    internal static void Serve(string networkNamespace, string? address)
    {
        const string State = "/run/lvs-lab";
        string begin = address is null ? string.Empty : $"busybox httpd -f -p {(address == "[::]" ? "80" : $"{address}:80")} -h {State}/{networkNamespace} </dev/null >/dev/null 2>&1 & echo $! >{State}/{networkNamespace}.pid; sleep 0.2";
        Topology.RunIn(networkNamespace, "sh", "-c", $"kill $(cat {State}/{networkNamespace}.pid) 2>/dev/null; sleep 0.1; {begin}");
    }

    /// <summary>Gives a real server another port in the director's table, which no cmdlet of ours does: other programs can.</summary>
    internal void MoveServer(int number, ushort port)
    {
        LvsServiceId service = LvsServiceId.Parse(Service);
        LvsAddress address = LvsAddress.Parse(RealServer(number));
        Move().GetAwaiter().GetResult();

        async Task Move()
        {
            await using LocalHost host = new("director");
            await using IpvsClient ipvs = await IpvsClient.ConnectAsync(await host.OpenNetlinkAsync(CancellationToken.None), host.Name, host.NetworkNamespace, CancellationToken.None);
            RealServerSettings settings = (await ipvs.GetRealServersAsync(service, CancellationToken.None)).Single(server => server.Address == address).Settings;
            Assert.All(
                await ipvs.ApplyAsync(
                    [new IpvsChange.AddRealServer(service, settings with { RealServer = new LvsServerId(address, port) }), new IpvsChange.RemoveRealServer(service, settings.RealServer)], CancellationToken.None),
                Assert.Null);
        }
    }

    /// <summary>Keeps what became of a scenario.</summary>
    internal void Add(DeploymentScenario scenario, bool isFound, bool isSole, string repaired) =>
        _rows.Add((scenario.Name, scenario.Farm, $"{scenario.Cause}", isFound, isSole, repaired));

    public void Dispose()
    {
        _cmdlets.Dispose();
        // lab/lab test gathers these lines, whichever of its parts they come from.
        foreach (var row in _rows)
        {
            Console.WriteLine($"SCENARIO {row.Name,-46} {row.Farm,-8} {row.Cause,-20} {(row.Found ? "yes" : "NO"),-5} {(row.Sole ? "yes" : "NO"),-12} {row.Repaired}");
        }
    }
}
