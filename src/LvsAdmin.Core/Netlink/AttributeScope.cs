using System.Runtime.CompilerServices;

namespace LvsAdmin.Core.Netlink;

/// <summary>An attribute that is open for others to be written into it; closed by <see cref="Dispose"/>.</summary>
public readonly ref struct AttributeScope
{
    private readonly NetlinkRequests _requests;
    private readonly int _start;

    internal AttributeScope(NetlinkRequests requests, int start)
    {
        _requests = requests;
        _start = start;
    }

    /// <summary>The writer of what is inside.</summary>
    /// <typeparam name="TAttribute">The numbers of the attributes inside.</typeparam>
    public AttributeWriter<TAttribute> Attributes<TAttribute>()
        where TAttribute : unmanaged, Enum => new(_requests);

    /// <summary>Closes the attribute by filling in its length.</summary>
    public void Dispose() =>
        Unsafe.WriteUnaligned(ref _requests.At(_start, 2)[0], checked((ushort)(_requests.Position - _start)));
}
