using System.Globalization;
using System.Numerics;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>The options that describe a virtual service (ipvsadm.c, parse_options and parse_service).</summary>
internal static class IpvsadmServiceOptions
{
    /// <summary>The longest timeout that ipvsadm reads, 31 days in seconds (ipvsadm.c, MAX_TIMEOUT).</summary>
    internal const uint MaximumTimeout = 86400 * 31;

    // libipvs.h, IPVS_SVC_PERSISTENT_TIMEOUT; the manual page says 300, which is not so.
    private const uint DefaultPersistence = 360;

    /// <summary>Reads the service of a rule, in the order of its options, as it matters to some.</summary>
    internal static VirtualServiceSettings Read(List<IpvsadmOptions.Option> options, TextNames names, TextPosition position)
    {
        LvsServiceId? id = null;
        VirtualServiceSettings settings = new() { VirtualService = new LvsServiceId(1, LvsAddressFamily.IPv4) };
        string? flags = null;
        foreach (IpvsadmOptions.Option option in options)
        {
            string value = option.Value ?? string.Empty;
            settings = option.Name switch
            {
                "scheduler" => settings with { Scheduler = value },
                "persistent" => settings with { PersistenceTimeout = Persistence(option.Value, position) },
                "ops" => settings with { OnePacket = true },
                "pe" => settings with { PersistenceEngine = value },
                "netmask" => WithNetmask(settings, value, id?.AddressFamily, names, position),
                _ => settings,
            };
            if (option.Group == "service" || option.Name == "ipv6")
            {
                id = option.Name switch
                {
                    "fwmark-service" => Mark(value, position),
                    "ipv6" => new LvsServiceId(
                        id?.FirewallMark ?? throw position.Error(IpvsadmRules.Invalid, "'-6' has to stand behind '-f'; it says that the marked packets are IPv6."),
                        LvsAddressFamily.IPv6),
                    var name => Endpoint(value, name, names, position),
                };
                if (id.AddressFamily == LvsAddressFamily.IPv6)
                {
                    // A netmask before the address is forgotten (ipvsadm.c, parse_service).
                    settings = settings with { PersistencePrefixLength = null, IrregularNetmask = null };
                }
            }

            flags = option.Name == "sched-flags" ? value : flags;
        }

        return settings with { VirtualService = id!, SchedulerFlags = Flags(flags, settings.Scheduler, position) };
    }

    /// <summary>
    /// Takes an address and a port apart: <c>host</c>, <c>host:port</c>, <c>[IPv6]:port</c> or an IPv6 address alone.
    /// </summary>
    internal static (LvsAddress Address, ushort? Port) Split(string text, LvsProtocol protocol, TextNames names, TextPosition position)
    {
        string host = text;
        string? port = null;
        LvsAddressFamily? family = null;
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || close + 1 >= text.Length || text[close + 1] != ':')
            {
                throw position.Error(IpvsadmRules.Invalid, $"'{text}' is not written as [IPv6 address]:port.");
            }

            (host, port, family) = (text[1..close], text[(close + 2)..], LvsAddressFamily.IPv6);
        }
        else if (!LvsAddress.TryParse(text, out _, out _) && text.LastIndexOf(':') is >= 0 and int colon)
        {
            (host, port, family) = (text[..colon], text[(colon + 1)..], LvsAddressFamily.IPv4);
        }

        LvsAddress address = position.Address(IpvsadmRules.Invalid, host, names, family ?? LvsAddressFamily.IPv4);
        return (address, port is null ? null : position.Port(IpvsadmRules.Invalid, port, protocol, names));
    }

    private static LvsServiceId Endpoint(string text, string option, TextNames names, TextPosition position)
    {
        LvsProtocol protocol = option switch
        {
            "udp-service" => LvsProtocol.Udp,
            "sctp-service" => LvsProtocol.Sctp,
            _ => LvsProtocol.Tcp,
        };
        (LvsAddress address, ushort? port) = Split(text, protocol, names, position);
        return new LvsServiceId(protocol, address, port ?? 0);
    }

    // ipvsadm -S writes marks from 2^31 on as negative numbers, which ipvsadm -R then refuses.
    private static LvsServiceId Mark(string text, TextPosition position)
    {
        long mark = position.Number(IpvsadmRules.Invalid, "The firewall mark", text, int.MinValue, uint.MaxValue);
        return mark != 0
            ? new LvsServiceId(unchecked((uint)mark), LvsAddressFamily.IPv4)
            : throw position.Error(IpvsadmRules.Invalid, $"A firewall mark is a number from 1 to {uint.MaxValue.ToString(CultureInfo.InvariantCulture)}.");
    }

    // A director may have been told more than the 31 days that ipvsadm reads, and ipvsadm -S writes it.
    private static uint Persistence(string? text, TextPosition position) => text is null
        ? DefaultPersistence
        : (uint)position.Number(IpvsadmRules.Invalid, "The persistence timeout", text, 1, VirtualServiceSettings.MaximumPersistenceTimeout);

    private static VirtualServiceSettings WithNetmask(
        VirtualServiceSettings settings, string text, LvsAddressFamily? family, TextNames names, TextPosition position)
    {
        if (family == LvsAddressFamily.IPv6)
        {
            int length = (int)position.Number(IpvsadmRules.Invalid, "The netmask of an IPv6 service", text, 1, 128);
            return settings with { PersistencePrefixLength = length == 128 ? null : length };
        }

        LvsAddress mask = position.Address(IpvsadmRules.Invalid, text, names, LvsAddressFamily.IPv4);
        if (mask.Family != LvsAddressFamily.IPv4)
        {
            throw position.Error(IpvsadmRules.Invalid, $"'{text}' is no netmask of IPv4, such as 255.255.255.0.");
        }

        Span<byte> bytes = stackalloc byte[4];
        mask.WriteBytes(bytes);
        uint bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int ones = BitOperations.LeadingZeroCount(~bits);
        bool regular = ones == BitOperations.PopCount(bits);
        return settings with
        {
            PersistencePrefixLength = regular && ones != 32 ? ones : null,
            IrregularNetmask = regular ? null : bits,
        };
    }

    private static LvsSchedulerFlags Flags(string? text, string scheduler, TextPosition position)
    {
        if (text is null)
        {
            return default;
        }

        foreach (string name in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!LvsSchedulerFlags.Names.Contains(name))
            {
                throw position.Error(IpvsadmRules.Invalid, $"'{name}' is no scheduler flag: use {string.Join(", ", LvsSchedulerFlags.Names)}.");
            }

            if (name[..3] is "sh-" or "mh-" && name[..2] != scheduler)
            {
                throw position.Error(IpvsadmRules.Invalid, $"The flag '{name}' does not go with the scheduler {scheduler}.");
            }
        }

        return LvsSchedulerFlags.Parse(text).For(scheduler);
    }
}
