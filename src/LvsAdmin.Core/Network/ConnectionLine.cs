using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// One line of /proc/net/ip_vs_conn (ip_vs_conn_seq_show, net/netfilter/ipvs/ip_vs_conn.c): protocol, then client, virtual and real address with port in
/// hexadecimal (IPv6 in eight full groups), state, seconds, and perhaps name and data of a persistence engine.
/// </summary>
internal readonly struct ConnectionLine
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    internal LvsProtocol? Protocol { get; private init; }

    internal bool IsMarkTemplate { get; private init; }

    internal LvsAddress ClientAddress { get; private init; }

    internal ushort ClientPort { get; private init; }

    internal LvsAddress VirtualAddress { get; private init; }

    internal ushort VirtualPort { get; private init; }

    internal LvsAddress RealServerAddress { get; private init; }

    internal ushort RealServerPort { get; private init; }

    internal LvsConnectionState State { get; private init; }

    internal string StateText { get; private init; }

    internal long Expires { get; private init; }

    internal string? Engine { get; private init; }

    internal string? EngineData { get; private init; }

    // A template stands for all ports of its clients. A connection may have port 0 too, but it then has a state of its protocol.
    internal bool IsTemplate => ClientPort == 0 && State is LvsConnectionState.None or LvsConnectionState.Assured;

    /// <summary>The service that the line names, made when it is asked for; null where it names none.</summary>
    internal LvsServiceId? VirtualService
    {
        get
        {
            if (Protocol is { } known)
            {
                return VirtualAddress.IsUnspecified ? null : new LvsServiceId(known, VirtualAddress, VirtualPort);
            }

            // The template of a firewall mark has protocol IP and the mark in the first 32 bits of the address (ip_vs_sched_persist, ip_vs_core.c).
            Span<byte> bytes = stackalloc byte[16];
            VirtualAddress.WriteBytes(bytes);
            uint mark = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            return IsMarkTemplate && mark != 0 ? new LvsServiceId(mark, VirtualAddress.Family) : null;
        }
    }

    internal static bool TryParse(ReadOnlySpan<char> text, out ConnectionLine line)
    {
        line = default;
        ReadOnlySpan<char> protocol = Next(ref text);
        if (protocol.IsEmpty
            || !TryReadEndpoint(ref text, out LvsAddress client, out ushort clientPort)
            || !TryReadEndpoint(ref text, out LvsAddress address, out ushort port)
            || !TryReadEndpoint(ref text, out LvsAddress server, out ushort serverPort))
        {
            return false;
        }

        ReadOnlySpan<char> state = Next(ref text);
        if (state.IsEmpty || !uint.TryParse(Next(ref text), NumberStyles.None, CultureInfo.InvariantCulture, out uint expires))
        {
            return false;
        }

        // The engine's data is the rest of the line: a call id may contain anything that stands on a line.
        ReadOnlySpan<char> engine = Next(ref text);
        LvsConnectionState known = StateOf(state, out string? word);
        LvsProtocol? transport = ProtocolOf(protocol);
        line = new ConnectionLine
        {
            Protocol = transport,
            IsMarkTemplate = protocol is "IP",
            ClientAddress = client,
            ClientPort = clientPort,
            VirtualAddress = address,
            VirtualPort = port,
            RealServerAddress = server,
            RealServerPort = serverPort,
            State = known,
            StateText = word ?? state.ToString(),
            Expires = expires,
            Engine = engine.IsEmpty ? null : engine.ToString(),
            EngineData = engine.IsEmpty || text.Length < 2 ? null : text[1..].ToString(),
        };
        return true;
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> text)
    {
        text = text.TrimStart(' ');
        int end = text.IndexOf(' ');
        ReadOnlySpan<char> word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word;
    }

    private static bool TryReadEndpoint(ref ReadOnlySpan<char> text, out LvsAddress address, out ushort port)
    {
        ReadOnlySpan<char> host = Next(ref text);
        ReadOnlySpan<char> number = Next(ref text);
        port = 0;
        return TryReadAddress(host, out address) && number.Length == 4 && TryReadHex(number, out port);
    }

    private static bool TryReadAddress(ReadOnlySpan<char> text, out LvsAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address = default;
        int length;
        if (text.Length == 8)
        {
            if (!TryReadHex(text[..4], out ushort high) || !TryReadHex(text[4..], out ushort low))
            {
                return false;
            }

            (bytes[0], bytes[1], bytes[2], bytes[3]) = ((byte)(high >> 8), (byte)high, (byte)(low >> 8), (byte)low);
            length = 4;
        }
        else
        {
            if (text.Length != 39)
            {
                return false;
            }

            for (int i = 0; i < 8; i++)
            {
                if ((i < 7 && text[(i * 5) + 4] != ':') || !TryReadHex(text.Slice(i * 5, 4), out ushort group))
                {
                    return false;
                }

                (bytes[i * 2], bytes[(i * 2) + 1]) = ((byte)(group >> 8), (byte)group);
            }

            length = 16;
        }

        address = LvsAddress.FromBytes(bytes[..length]);
        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<char> text, out ushort number)
    {
        number = 0;
        return !text.ContainsAnyExcept(HexDigits) && ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    private static LvsProtocol? ProtocolOf(ReadOnlySpan<char> word) => word switch
    {
        "TCP" => LvsProtocol.Tcp,
        "UDP" => LvsProtocol.Udp,
        "SCTP" => LvsProtocol.Sctp,
        _ => null,
    };

    // The word is given back where it is known, so that a table of a million rows shares a few strings.
    private static LvsConnectionState StateOf(ReadOnlySpan<char> state, out string? word)
    {
        (LvsConnectionState known, word) = state switch
        {
            "NONE" => (LvsConnectionState.None, "NONE"),
            "ESTABLISHED" => (LvsConnectionState.Established, "ESTABLISHED"),
            "SYN_SENT" => (LvsConnectionState.SynSent, "SYN_SENT"),
            "SYN_RECV" => (LvsConnectionState.SynReceived, "SYN_RECV"),
            "FIN_WAIT" => (LvsConnectionState.FinWait, "FIN_WAIT"),
            "TIME_WAIT" => (LvsConnectionState.TimeWait, "TIME_WAIT"),
            "CLOSE" => (LvsConnectionState.Close, "CLOSE"),
            "CLOSE_WAIT" => (LvsConnectionState.CloseWait, "CLOSE_WAIT"),
            "LAST_ACK" => (LvsConnectionState.LastAck, "LAST_ACK"),
            "LISTEN" => (LvsConnectionState.Listen, "LISTEN"),
            "SYNACK" => (LvsConnectionState.SynAck, "SYNACK"),
            "UDP" => (LvsConnectionState.Udp, "UDP"),
            "ASSURED" => (LvsConnectionState.Assured, "ASSURED"),
            "INIT1" => (LvsConnectionState.SctpInit1, "INIT1"),
            "INIT" => (LvsConnectionState.SctpInit, "INIT"),
            "C-SENT" => (LvsConnectionState.SctpCookieSent, "C-SENT"),
            "C-REPLIED" => (LvsConnectionState.SctpCookieReplied, "C-REPLIED"),
            "C-WAIT" => (LvsConnectionState.SctpCookieWait, "C-WAIT"),
            "COOKIE" => (LvsConnectionState.SctpCookie, "COOKIE"),
            "C-ECHOED" => (LvsConnectionState.SctpCookieEchoed, "C-ECHOED"),
            "S-SENT" => (LvsConnectionState.SctpShutdownSent, "S-SENT"),
            "S-RECEIVED" => (LvsConnectionState.SctpShutdownReceived, "S-RECEIVED"),
            "S-ACK-SENT" => (LvsConnectionState.SctpShutdownAckSent, "S-ACK-SENT"),
            "REJECTED" => (LvsConnectionState.SctpRejected, "REJECTED"),
            "CLOSED" => (LvsConnectionState.SctpClosed, "CLOSED"),
            _ => (LvsConnectionState.Unknown, (string?)null),
        };
        return known;
    }
}
