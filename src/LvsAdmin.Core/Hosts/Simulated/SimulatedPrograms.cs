namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The programs of a simulated host, in the forms in which LvsAdmin calls them. Any other is missing: nothing succeeds in silence.</summary>
internal sealed class SimulatedPrograms(string hostName, SimulatedNetwork network)
{
    private static readonly ProgramResult Done = new(0, string.Empty, string.Empty);

    private readonly SimulatedIp _ip = new(network);

    /// <summary>Runs one.</summary>
    /// <exception cref="LvsHostException">ProgramMissing: it is not simulated, or not with these arguments.</exception>
    internal ProgramResult Run(ProgramInvocation invocation)
    {
        string[] arguments = [.. invocation.Arguments];
        ProgramResult? result = (invocation.Program, arguments) switch
        {
            ("ip", _) => _ip.Run(arguments),
            ("readlink", ["/proc/self/ns/net"]) => new ProgramResult(0, "net:[4026531840]\n", string.Empty),
            ("readlink", [_, _, ..]) when arguments.All(path => path is "/proc/1/ns/net" or "/proc/self/ns/net") =>
                new ProgramResult(0, string.Concat(arguments.Select(_ => "net:[4026531840]\n")), string.Empty),
            ("modprobe", [var module]) => Load(module),
            ("arping", ["-V"]) => new ProgramResult(0, "arping from iputils 20221126\n", string.Empty),
            ("arping", [.., var address]) => Ask(address),
            ("rmdir", _) => Done,
            _ => null,
        };
        return result ?? throw new LvsHostException(
            LvsHostError.ProgramMissing, $"'{invocation}' cannot be run on {hostName}: it is simulated, and this is not a part of it.");
    }

    // Nobody else is on the link.
    private static ProgramResult Ask(string address) =>
        new(0, $"ARPING {address} from 0.0.0.0 eth0\nSent 2 probes (2 broadcast(s))\nReceived 0 response(s)\n", string.Empty);

    private ProgramResult Load(string module)
    {
        (string Name, string Kind, string? Data, int Mtu)? device = module switch
        {
            "ipip" => ("tunl0", "ipip", /*lang=json*/ """{"proto":"ipip","remote":"any","local":"any"}""", 1480),
            "sit" => ("sit0", "sit", /*lang=json*/ """{"proto":"ip6ip","remote":"any","local":"any"}""", 1480),
            "ip6_tunnel" => ("ip6tnl0", "ip6tnl", /*lang=json*/ """{"proto":"ip6ip6","remote":"any","local":"any"}""", 1452),
            "ip_gre" => ("gre0", "gre", /*lang=json*/ """{"remote":"any","local":"any"}""", 1476),
            "ip6_gre" => ("ip6gre0", "ip6gre", /*lang=json*/ """{"remote":"any","local":"any"}""", 1448),
            _ => null,
        };
        if (device is { } made)
        {
            if (network.Find(made.Name) is null)
            {
                network.AddInterface(made.Name, made.Kind, made.Data, made.Mtu);
            }

            return Done;
        }

        if (module == "fou")
        {
            _ip.HasFou = true;
            return Done;
        }

        return module == "ip_vs" || (module.StartsWith("ip_vs_", StringComparison.Ordinal) && SimulatedTable.Schedulers.Contains(module[6..]))
            ? Done
            : new ProgramResult(1, string.Empty, $"modprobe: FATAL: Module {module} not found in directory /lib/modules/6.1.0-simulated\n");
    }
}
