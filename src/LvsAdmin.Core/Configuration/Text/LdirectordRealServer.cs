using System.Buffers.Binary;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A real server of ldirectord, or a range of them: <c>ADDRESS[->ADDRESS][:PORT] gate|masq|ipip [WEIGHT] ["REQUEST", "RECEIVE"] [l:N] [u:N]</c>.</summary>
/// <param name="Settings">What the kernel is told.</param>
/// <param name="Request">What it is asked for, when that is another thing than of the service.</param>
/// <param name="Receive">What it has to answer.</param>
internal sealed partial record LdirectordRealServer(RealServerSettings Settings, string? Request, string? Receive)
{
    private const uint MostAddresses = 65536;

    internal static IEnumerable<LdirectordRealServer> Read(LdirectordLine line, LvsServiceId service, TextNames names, List<ConfigurationNote> notes)
    {
        Match match = Form().Match(line.Value);
        if (!match.Success)
        {
            throw line.Error($"'{line.Value}' is not written as ADDRESS[->ADDRESS][:PORT] gate|masq|ipip [WEIGHT] [\"REQUEST\", \"RECEIVE\"] [l:N] [u:N].");
        }

        LvsForwardingMethod forwarding = line.Forwarding(match.Groups["method"].Value);
        LvsAddress first = line.Address(match.Groups["first"].Value, service.AddressFamily, names);
        LvsAddress last = match.Groups["last"].Success ? line.Address(match.Groups["last"].Value, service.AddressFamily, names) : first;

        // The port is looked up for no protocol; a name has the same number for all that matter.
        ushort? port = match.Groups["port"].Success ? line.Position.Port(LdirectordLine.Invalid, match.Groups["port"].Value, service.Protocol ?? LvsProtocol.Tcp, names) : null;
        foreach (LvsAddress address in Range(line, first, last))
        {
            RealServerSettings settings = new()
            {
                RealServer = line.Position.Server(LdirectordLine.Invalid, address, Port(line, service, forwarding, port, notes)),
                Forwarding = forwarding,
                Weight = (int)Number("weight", 1),
                LowerThreshold = (uint)Number("lower", 0),
                UpperThreshold = (uint)Number("upper", 0),
            };
            line.Position.Check(service, settings);
            yield return new LdirectordRealServer(settings, Value("request"), Value("receive"));
        }

        long Number(string name, long standard) => match.Groups[name].Success
            ? line.Position.Number(LdirectordLine.Invalid, $"The {name}", match.Groups[name].Value, 0, int.MaxValue)
            : standard;
        string? Value(string name) => match.Groups[name].Success ? match.Groups[name].Value : null;
    }

    // ldirectord leaves it to ipvsadm, which takes the service's port unless it is NAT or a firewall mark.
    internal static ushort Port(LdirectordLine line, LvsServiceId service, LvsForwardingMethod forwarding, ushort? written, List<ConfigurationNote> notes)
    {
        if (forwarding == LvsForwardingMethod.Nat || service.Port is not { } own)
        {
            return written ?? 0;
        }

        if (written is not null && written != own)
        {
            notes.Add(line.Position.Note($"Port {written} is read as {own}, as ipvsadm does: without masq a packet keeps the port of the service."));
        }

        return own;
    }

    private static IEnumerable<LvsAddress> Range(LdirectordLine line, LvsAddress first, LvsAddress last)
    {
        if (first == last)
        {
            return [first];
        }

        if (first.Family == LvsAddressFamily.IPv6)
        {
            throw line.Error("ldirectord has no ranges of IPv6 addresses.");
        }

        uint low = Bits(first);
        uint high = Bits(last);
        return high >= low && high - low < MostAddresses
            ? Enumerable.Range(0, (int)(high - low) + 1).Select(offset => FromBits(low + (uint)offset))
            : throw line.Error($"{first}->{last} is no range of addresses, or one of more than {MostAddresses}.");
    }

    private static uint Bits(LvsAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.WriteBytes(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static LvsAddress FromBits(uint bits)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return LvsAddress.FromBytes(bytes);
    }

    [GeneratedRegex(
        """^(?<first>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+?)(->(?<last>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+?))?(:(?<port>[A-Za-z0-9_-]+))?\s+(?<method>\w+)"""
        + """(\s+(?<weight>\d+))?(\s+"(?<request>.*)"[, ]\s*"(?<receive>.*)")?(\s+l:(?<lower>\d+))?(\s+u:(?<upper>\d+))?\s*$""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Form();
}
