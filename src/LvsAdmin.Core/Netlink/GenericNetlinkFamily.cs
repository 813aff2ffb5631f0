namespace LvsAdmin.Core.Netlink;

/// <summary>A family of generic netlink: its number is given when its module loads, so it is asked for by name on each connection.</summary>
/// <param name="Name">The name, such as IPVS.</param>
/// <param name="Id">The number that its messages carry as their type.</param>
/// <param name="Version">The version of the family.</param>
public sealed record GenericNetlinkFamily(string Name, ushort Id, byte Version)
{
    private const ushort ControllerFamily = 0x10;
    private const byte GetFamily = 3;

    private enum ControllerAttribute : ushort
    {
        FamilyId = 1,
        FamilyName = 2,
        Version = 3,
    }

    /// <summary>Asks the kernel for a family, which makes it load the family's module where that is possible (genl_ctrl, genetlink.c).</summary>
    /// <returns>The family, or null when the kernel has none of that name.</returns>
    /// <exception cref="NetlinkException">The kernel's answer is missing or makes no sense.</exception>
    public static async ValueTask<GenericNetlinkFamily?> FindAsync(
        NetlinkConnection connection, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        NetlinkRequests requests = new();
        requests.Begin<ControllerAttribute>(ControllerFamily, GetFamily, 1).Write(ControllerAttribute.FamilyName, name);

        GenericNetlinkFamily? family = null;
        NetlinkErrorException?[] errors = await connection
            .ExecuteAsync(requests, payload => family = Read(name, payload), cancellationToken).ConfigureAwait(false);
        return errors[0] switch
        {
            { Errno: LinuxErrno.NoEntry } => null,
            { } error => throw error,
            null => family ?? throw new NetlinkFormatException($"The kernel acknowledged the question for the family {name} without an answer."),
        };
    }

    private static GenericNetlinkFamily Read(string name, ReadOnlySpan<byte> payload)
    {
        ushort? id = null;
        byte version = 1;
        AttributeReader<ControllerAttribute> attributes = new(Attributes(payload));
        while (attributes.MoveNext())
        {
            switch (attributes.Attribute)
            {
                case ControllerAttribute.FamilyId:
                    id = attributes.ReadUInt16();
                    break;
                case ControllerAttribute.Version:
                    version = (byte)attributes.ReadUInt32();
                    break;
            }
        }

        return new GenericNetlinkFamily(name, id ?? throw new NetlinkFormatException($"The kernel's answer for the family {name} has no number."), version);
    }

    /// <summary>The attributes behind the generic netlink header.</summary>
    internal static ReadOnlySpan<byte> Attributes(ReadOnlySpan<byte> payload) => payload.Length >= NetlinkProtocol.GenericHeaderLength
        ? payload[NetlinkProtocol.GenericHeaderLength..]
        : throw new NetlinkFormatException($"A generic netlink message has {payload.Length} bytes.");
}
