using System.Buffers.Binary;
using System.Net;
using System.Text;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Contract;

/// <summary>A request to IPVS (numbers of include/uapi/linux/ip_vs.h), in the bytes of the tests' own hands.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Command">The command.</param>
/// <param name="Attributes">The attributes.</param>
/// <param name="IsDump">Whether a list is asked for.</param>
internal sealed record ContractRequest(string Name, byte Command, byte[] Attributes, bool IsDump = false)
{
    internal const byte NewService = 1, SetService = 2, DeleteService = 3, GetService = 4, NewServer = 5, SetServer = 6, DeleteServer = 7, GetServer = 8,
        NewDaemon = 9, DeleteDaemon = 10, GetDaemon = 11, SetConfig = 12, GetConfig = 13, SetInfo = 14, GetInfo = 15, Zero = 16, Flush = 17;

    internal static ContractRequest Services { get; } = new("list services", GetService, [], true);

    internal static ContractRequest Daemons { get; } = new("list daemons", GetDaemon, [], true);

    internal static ContractRequest Empty { get; } = new("flush", Flush, []);

    internal static ContractRequest Timeouts { get; } = new("get timeouts", GetConfig, []);

    public override string ToString() => $"{Name}: command {Command}{(IsDump ? " (list)" : "")} {Convert.ToHexString(Attributes)}";

    internal static ContractRequest Of(byte command, string name, params byte[][] attributes) => new(name, command, [.. attributes.SelectMany(each => each)]);

    internal static ContractRequest Servers(byte[] service) => new("list servers", GetServer, Nest(1, service), true);

    internal static byte[] Nest(ushort type, params byte[][] attributes) => NetlinkMessage.Attribute(type, [.. attributes.SelectMany(each => each)]);

    internal static byte[] Id(ushort family, ushort protocol, string address, ushort port) =>
        [.. U16(1, family), .. U16(2, protocol), .. Address(3, address), .. Port(4, port)];

    internal static byte[] MarkId(ushort family, uint mark) => [.. U16(1, family), .. U32(5, mark)];

    /// <summary>What a service has besides its identity.</summary>
    internal static byte[] Settings(string scheduler = "wlc", uint flags = 0, uint mask = uint.MaxValue, uint timeout = 0, uint netmask = uint.MaxValue, string? engine = null) =>
    [
        .. Text(6, scheduler), .. NetlinkMessage.Attribute(7, [.. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(mask)]), .. U32(8, timeout), .. U32(9, netmask),
        .. engine is null ? [] : Text(11, engine),
    ];

    /// <summary>A real server's identity.</summary>
    internal static byte[] ServerId(string address, ushort port, ushort? family = null) =>
        [.. Address(1, address), .. Port(2, port), .. family is { } given ? U16(11, given) : []];

    /// <summary>What a server has besides its identity.</summary>
    internal static byte[] ServerSettings(uint forwarding = 3, uint weight = 1, uint upper = 0, uint lower = 0, (byte Type, ushort Port, ushort Flags)? tunnel = null) =>
    [
        .. U32(3, forwarding), .. U32(4, weight), .. U32(5, upper), .. U32(6, lower),
        .. tunnel is { } given ? [.. NetlinkMessage.Attribute(13, given.Type), .. Port(14, given.Port), .. U16(15, given.Flags)] : Array.Empty<byte>(),
    ];

    internal static byte[] U16(ushort type, ushort value) => NetlinkMessage.Attribute(type, BitConverter.GetBytes(value));

    internal static byte[] U32(ushort type, uint value) => NetlinkMessage.Attribute(type, BitConverter.GetBytes(value));

    internal static byte[] Text(ushort type, string value) => NetlinkMessage.Attribute(type, Encoding.ASCII.GetBytes(value + "\0"));

    internal static byte[] Port(ushort type, ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return NetlinkMessage.Attribute(type, bytes);
    }

    internal static byte[] Address(ushort type, string address)
    {
        byte[] bytes = new byte[16];
        IPAddress.Parse(address).GetAddressBytes().CopyTo(bytes, 0);
        return NetlinkMessage.Attribute(type, bytes);
    }
}
