using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>What a kernel asks of one attribute's value (struct nla_policy; validate_nla in lib/nlattr.c).</summary>
/// <param name="Kind">The type of the value.</param>
/// <param name="Length">The smallest length of a number; the largest of bytes; the largest of a text without its zero.</param>
internal readonly record struct KernelAttributeRule(KernelAttributeKind Kind, int Length = 0)
{
    /// <summary>The error number for a value, or 0.</summary>
    internal int Check(ReadOnlySpan<byte> value)
    {
        switch (Kind)
        {
            case KernelAttributeKind.Number:
                return value.Length < Length ? LinuxErrno.OutOfRange : 0;
            case KernelAttributeKind.Bytes:
                return value.Length > Length ? LinuxErrno.OutOfRange : 0;
            case KernelAttributeKind.Text:
                if (!value[..Math.Min(value.Length, Length + 1)].Contains((byte)0))
                {
                    return LinuxErrno.InvalidArgument;
                }

                return (value[^1] == 0 ? value.Length - 1 : value.Length) > Length ? LinuxErrno.OutOfRange : 0;
            default:
                return value.Length is > 0 and < NetlinkProtocol.AttributeHeaderLength ? LinuxErrno.OutOfRange : 0;
        }
    }
}
