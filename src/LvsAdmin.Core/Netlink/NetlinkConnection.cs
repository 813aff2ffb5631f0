using System.Runtime.CompilerServices;

namespace LvsAdmin.Core.Netlink;

/// <summary>
/// Conversations over a netlink transport: numbers requests, matches answers by sequence number and port, collects lists, and turns the kernel's
/// errors into exceptions. One conversation at a time.
/// </summary>
public sealed class NetlinkConnection : IAsyncDisposable
{
    // The kernel sizes a dump's datagrams by the buffer, up to 32 KiB; a smaller one later in the dump would cut them off in silence.
    private const int ReceiveLength = 64 * 1024;

    private readonly INetlinkTransport _transport;
    private readonly NetlinkOptions _options;
    private readonly byte[] _buffer = new byte[ReceiveLength];
    private readonly bool[] _answered;
    private uint _sequence;
    private uint? _unfinishedDump;

    /// <summary>Converses over a transport, which it then owns.</summary>
    public NetlinkConnection(INetlinkTransport transport, NetlinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _transport = transport;
        _options = options ?? new NetlinkOptions();
        _answered = new bool[_options.BatchCount];
    }

    /// <summary>Handles one message of an answer.</summary>
    /// <param name="payload">What stands behind the netlink header.</param>
    public delegate void PayloadHandler(ReadOnlySpan<byte> payload);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    /// <summary>Sends requests and collects an acknowledgement for each. One that fails does not keep the others from being carried out.</summary>
    /// <param name="requests">The requests, in the order of their execution.</param>
    /// <param name="handler">Takes what the kernel answers besides acknowledgements; null to pass it over.</param>
    /// <param name="cancellationToken">Ends the wait; what was sent is carried out all the same.</param>
    /// <param name="receiveTimeout">How long to wait for each datagram of the answer; null for <see cref="NetlinkOptions.ReceiveTimeout"/>.</param>
    /// <returns>For each request the kernel's error, or null where it succeeded.</returns>
    /// <exception cref="NetlinkException">An answer is missing or makes no sense; which requests were carried out is then unknown.</exception>
    public async ValueTask<NetlinkErrorException?[]> ExecuteAsync(
        NetlinkRequests requests, PayloadHandler? handler, CancellationToken cancellationToken, TimeSpan? receiveTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(requests);
        NetlinkErrorException?[] errors = new NetlinkErrorException?[requests.Count];
        using Deadline deadline = new(receiveTimeout ?? _options.ReceiveTimeout, cancellationToken);
        await FinishDumpAsync(deadline).ConfigureAwait(false);

        for (int first = 0; first < requests.Count;)
        {
            uint sequence = _sequence + 1;
            ReadOnlyMemory<byte> datagram = requests.Datagram(
                first, sequence, _transport.PortId, _options.BatchCount, _options.BatchLength, out int count);
            _sequence += (uint)count;
            await SendAsync(datagram, deadline).ConfigureAwait(false);

            int stray = 0;
            Array.Clear(_answered);
            // The kernel works through a datagram in order, and so it acknowledges.
            for (int answered = 0; answered < count;)
            {
                int length = await ReceiveAsync(deadline).ConfigureAwait(false);
                answered += TakeAcknowledgements(length, sequence, count, errors.AsSpan(first, count), handler, ref stray);
            }

            first += count;
        }

        return errors;
    }

    /// <summary>Sends one request for a list and hands over the list's entries.</summary>
    /// <param name="requests">The one request.</param>
    /// <param name="handler">Takes an entry.</param>
    /// <param name="restart">Forgets the entries taken so far, because the list is read again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NetlinkErrorException">The kernel refused.</exception>
    /// <exception cref="NetlinkDumpInterruptedException">The table changed during every attempt.</exception>
    /// <exception cref="NetlinkException">An answer is missing or makes no sense.</exception>
    public async ValueTask DumpAsync(
        NetlinkRequests requests, PayloadHandler handler, Action restart, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(restart);
        using Deadline deadline = new(_options.ReceiveTimeout, cancellationToken);
        for (int attempt = 0; attempt < _options.DumpAttempts; attempt++)
        {
            await FinishDumpAsync(deadline).ConfigureAwait(false);
            restart();
            uint sequence = ++_sequence;
            ReadOnlyMemory<byte> datagram = requests.Datagram(0, sequence, _transport.PortId, 1, _options.BatchLength, out _);
            await SendAsync(datagram, deadline).ConfigureAwait(false);

            _unfinishedDump = sequence;
            DumpState state = default;
            while (!state.Done)
            {
                int length = await ReceiveAsync(deadline).ConfigureAwait(false);
                TakeEntries(length, sequence, handler, ref state);
            }

            if (!state.Interrupted)
            {
                return;
            }
        }

        throw new NetlinkDumpInterruptedException(
            $"The kernel's table changed during each of {_options.DumpAttempts} attempts to list it. Another program is changing it all the time.");
    }

    // A socket carries one dump at a time (EBUSY): what an earlier, abandoned one has left is read away first.
    private async ValueTask FinishDumpAsync(Deadline deadline)
    {
        DumpState state = default;
        while (_unfinishedDump is { } sequence)
        {
            try
            {
                int length = await ReceiveAsync(deadline).ConfigureAwait(false);
                TakeEntries(length, sequence, static _ => { }, ref state);
            }
            catch (Exception exception) when (exception is NetlinkErrorException or NetlinkTimeoutException)
            {
                // It failed, which ends it too, and whoever asked has gone; or its end was lost, and waiting for it once is enough.
                _unfinishedDump = null;
                deadline.Renew();
            }
        }
    }

    private int TakeAcknowledgements(
        int length, uint sequence, int count, Span<NetlinkErrorException?> errors, PayloadHandler? handler, ref int stray)
    {
        int answered = 0;
        MessageReader messages = new(_buffer.AsSpan(0, length));
        while (messages.MoveNext())
        {
            uint index = messages.Sequence - sequence;
            if (index >= (uint)count || messages.Port != _transport.PortId)
            {
                CountStray(ref stray);
                continue;
            }

            switch (messages.Type)
            {
                case NetlinkProtocol.NoOperation:
                    break;
                case NetlinkProtocol.Overrun:
                    throw Overrun();
                case NetlinkProtocol.Error when _answered[index]:
                    // A second answer to one request must not pass for the answer to another.
                    CountStray(ref stray);
                    break;
                case NetlinkProtocol.Error:
                    errors[(int)index] = messages.ReadError();
                    _answered[index] = true;
                    answered++;
                    break;
                case NetlinkProtocol.Done:
                    throw new NetlinkFormatException("The kernel ended a list that was not asked for.");
                default:
                    handler?.Invoke(messages.Payload);
                    break;
            }
        }

        return answered;
    }

    private void TakeEntries(int length, uint sequence, PayloadHandler handler, ref DumpState state)
    {
        MessageReader messages = new(_buffer.AsSpan(0, length));
        while (messages.MoveNext())
        {
            if (messages.Sequence != sequence || messages.Port != _transport.PortId)
            {
                CountStray(ref state.Stray);
                continue;
            }

            state.Interrupted |= (messages.Flags & NetlinkProtocol.FlagDumpInterrupted) != 0;
            switch (messages.Type)
            {
                case NetlinkProtocol.NoOperation:
                    break;
                case NetlinkProtocol.Overrun:
                    throw Overrun();
                case NetlinkProtocol.Done:
                case NetlinkProtocol.Error:
                    _unfinishedDump = null;
                    state.Done = true;
                    if (messages.ReadError() is { } error)
                    {
                        throw error;
                    }

                    break;
                default:
                    try
                    {
                        handler(messages.Payload);
                    }
                    catch
                    {
                        FindEnd(messages, sequence);
                        throw;
                    }

                    break;
            }
        }
    }

    // The end of a list may stand behind an entry that could not be taken; whoever waited for it later would wait in vain.
    private void FindEnd(MessageReader messages, uint sequence)
    {
        while (messages.MoveNext())
        {
            if (messages.Sequence == sequence && messages.Port == _transport.PortId
                && messages.Type is NetlinkProtocol.Done or NetlinkProtocol.Error)
            {
                _unfinishedDump = null;
            }
        }
    }

    private void CountStray(ref int stray)
    {
        if (++stray > _options.StrayMessages)
        {
            throw new NetlinkFormatException($"More than {_options.StrayMessages} messages came that answer nothing that was asked.");
        }
    }

    private static NetlinkOverrunException Overrun() =>
        new("The kernel dropped answers (NLMSG_OVERRUN). What was asked may have been done: read the state again.");

    private async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, Deadline deadline)
    {
        ValueTask sending = _transport.SendAsync(datagram, deadline.Token);
        if (sending.IsCompletedSuccessfully)
        {
            return;
        }

        deadline.Begin();
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new NetlinkTimeoutException($"The kernel did not take a request within {deadline.Timeout.TotalSeconds} s.");
        }

        deadline.End();
    }

    private async ValueTask<int> ReceiveAsync(Deadline deadline)
    {
        ValueTask<int> receiving = _transport.ReceiveAsync(_buffer, deadline.Token);
        int length;
        if (receiving.IsCompletedSuccessfully)
        {
            // As a rule the kernel has answered before its send returns. Setting a clock for each of thousands of answers would cost more than they do.
            length = receiving.Result;
        }
        else
        {
            deadline.Begin();
            try
            {
                length = await receiving.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (deadline.HasPassed)
            {
                throw new NetlinkTimeoutException(
                    $"The kernel did not answer within {deadline.Timeout.TotalSeconds} s. What was asked may have been done: read the state again.");
            }

            deadline.End();
        }

        return length <= _buffer.Length
            ? length
            : throw new NetlinkTruncatedException($"A datagram of {length} bytes came into a buffer of {_buffer.Length}.");
    }

    private struct DumpState
    {
        internal bool Done;
        internal bool Interrupted;
        internal int Stray;
    }

    /// <summary>A limit for each wait, besides the caller's own wish to stop.</summary>
    private sealed class Deadline(TimeSpan timeout, CancellationToken cancellationToken) : IDisposable
    {
        private CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        internal TimeSpan Timeout => timeout;

        internal bool HasPassed => _source.IsCancellationRequested && !cancellationToken.IsCancellationRequested;

        public void Dispose() => _source.Dispose();

        /// <summary>Makes it usable again after it has passed.</summary>
        internal void Renew()
        {
            _source.Dispose();
            _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }

        /// <summary>Ends what is done under it, when the caller wants it or the time is over; the caller's wish counts at once.</summary>
        internal CancellationToken Token
        {
            get
            {
                cancellationToken.ThrowIfCancellationRequested();
                return _source.Token;
            }
        }

        /// <summary>Lets the time run.</summary>
        internal void Begin() => _source.CancelAfter(timeout);

        /// <summary>Stops the time.</summary>
        internal void End() => _source.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Reads the messages of a datagram one after another.</summary>
    private ref struct MessageReader(ReadOnlySpan<byte> datagram)
    {
        private ReadOnlySpan<byte> _rest = datagram;
        private ReadOnlySpan<byte> _header;

        internal readonly ushort Type => Unsafe.ReadUnaligned<ushort>(in _header[NetlinkProtocol.TypeOffset]);

        internal readonly ushort Flags => Unsafe.ReadUnaligned<ushort>(in _header[NetlinkProtocol.FlagsOffset]);

        internal readonly uint Sequence => Unsafe.ReadUnaligned<uint>(in _header[NetlinkProtocol.SequenceOffset]);

        internal readonly uint Port => Unsafe.ReadUnaligned<uint>(in _header[NetlinkProtocol.PortOffset]);

        internal ReadOnlySpan<byte> Payload { get; private set; }

        internal bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            if (_rest.Length < NetlinkProtocol.HeaderLength)
            {
                throw new NetlinkFormatException($"{_rest.Length} bytes remain where a message should begin.");
            }

            uint length = Unsafe.ReadUnaligned<uint>(in _rest[0]);
            if (length < NetlinkProtocol.HeaderLength || length > _rest.Length)
            {
                throw new NetlinkFormatException($"A message says that it has {length} bytes, and {_rest.Length} came.");
            }

            _header = _rest[..NetlinkProtocol.HeaderLength];
            Payload = _rest[NetlinkProtocol.HeaderLength..(int)length];
            _rest = _rest[Math.Min(NetlinkProtocol.Align((int)length), _rest.Length)..];
            return true;
        }

        /// <summary>The error of an NLMSG_ERROR or NLMSG_DONE message, or null when it says that all is well.</summary>
        internal readonly NetlinkErrorException? ReadError()
        {
            if (Payload.Length < sizeof(int))
            {
                return Type == NetlinkProtocol.Done
                    ? null
                    : throw new NetlinkFormatException($"An error message has {Payload.Length} bytes instead of an error number.");
            }

            int errno = Unsafe.ReadUnaligned<int>(in Payload[0]);
            if (errno == 0)
            {
                return null;
            }

            if (errno > 0)
            {
                throw new NetlinkFormatException($"An error message has the positive number {errno}.");
            }

            string? text = null;
            uint? offset = null;
            if ((Flags & NetlinkProtocol.FlagExtendedAcknowledgement) != 0)
            {
                AttributeReader<AcknowledgementAttribute> attributes = new(Payload[ExtendedStart()..]);
                while (attributes.MoveNext())
                {
                    if (attributes.Attribute == AcknowledgementAttribute.Message)
                    {
                        text = attributes.ReadString();
                    }
                    else if (attributes.Attribute == AcknowledgementAttribute.Offset)
                    {
                        offset = attributes.ReadUInt32();
                    }
                }
            }

            return new NetlinkErrorException(-errno, text, offset);
        }

        // Behind the number stands the request: its header alone when it was capped, otherwise all of it. At the end of a list it is left out.
        private readonly int ExtendedStart()
        {
            if (Type == NetlinkProtocol.Done)
            {
                return sizeof(int);
            }

            int start = sizeof(int) + NetlinkProtocol.HeaderLength;
            if (Payload.Length >= start && (Flags & NetlinkProtocol.FlagCapped) == 0)
            {
                uint request = Unsafe.ReadUnaligned<uint>(in Payload[sizeof(int)]);
                start = request <= Payload.Length ? sizeof(int) + NetlinkProtocol.Align((int)request) : int.MaxValue;
            }

            return start <= Payload.Length ? start : throw new NetlinkFormatException("An error message is shorter than the request that it repeats.");
        }
    }

    private enum AcknowledgementAttribute : ushort
    {
        Message = 1,
        Offset = 2,
    }
}
