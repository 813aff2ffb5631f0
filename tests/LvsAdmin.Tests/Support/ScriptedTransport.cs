using System.Threading.Channels;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A kernel that answers by script: every datagram sent to it is recorded and handed to the script, and what the script answers is received
/// in that order. A receive without an answer waits, as it would on a socket.
/// </summary>
internal sealed class ScriptedTransport : INetlinkTransport
{
    internal const uint Port = 4242;

    private readonly Channel<Func<Memory<byte>, int>> _replies = Channel.CreateUnbounded<Func<Memory<byte>, int>>();
    private readonly Action<ScriptedTransport, byte[]> _script;

    /// <param name="script">Given the transport and what was sent, answers by Reply, Fail or not at all.</param>
    internal ScriptedTransport(Action<ScriptedTransport, byte[]> script) => _script = script;

    /// <summary>A kernel that has the IPVS family and hands every datagram of requests to it to the script.</summary>
    internal static ScriptedTransport WithIpvs(Action<ScriptedTransport, IReadOnlyList<NetlinkMessage>> script) => new((kernel, datagram) =>
    {
        IReadOnlyList<NetlinkMessage> messages = NetlinkMessage.ReadAll(datagram);
        if (messages[0].Type == NetlinkMessage.ControllerFamily)
        {
            kernel.Reply(NetlinkMessage.IpvsFamily(messages[0]), NetlinkMessage.Acknowledgement(messages[0]));
        }
        else
        {
            script(kernel, messages);
        }
    });

    public uint PortId => Port;

    internal List<byte[]> Sent { get; } = [];

    internal bool IsDisposed { get; private set; }

    /// <summary>Answers by one datagram of these messages.</summary>
    internal void Reply(params byte[][] messages) => Reply(messages.SelectMany(message => message).ToArray());

    /// <summary>Answers by one datagram of these bytes.</summary>
    internal void Reply(byte[] datagram) => _replies.Writer.TryWrite(buffer =>
    {
        // As recv does with MSG_TRUNC: what fits, and the whole length.
        datagram.AsMemory(0, Math.Min(datagram.Length, buffer.Length)).CopyTo(buffer);
        return datagram.Length;
    });

    /// <summary>Answers by a failing receive.</summary>
    internal void Fail(Exception exception) => _replies.Writer.TryWrite(_ => throw exception);

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] sent = datagram.ToArray();
        Sent.Add(sent);
        _script(this, sent);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        (await _replies.Reader.ReadAsync(cancellationToken))(buffer);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
