using System.Buffers;
using System.Text;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// Matches what comes from the other end with what was asked: replies come in the order of the requests, each closed by a line with the nonce (<see cref="ShellServer"/>).
/// Output and errors are each fed by one reader.
/// </summary>
internal sealed class ShellConversation
{
    // The word with which the status of the first reply begins.
    private const string Hello = "hello ";

    // A status, a kernel's release, a few words.
    private const int LongestLine = 512;

    private readonly object _gate = new();
    private readonly Queue<ShellReply> _waiting = new();
    private readonly Queue<(ShellReply Reply, string Status)> _withoutErrors = new();
    private readonly Queue<string> _errors = new();
    private readonly byte[] _mark;
    private readonly byte[] _errorMark;
    private byte[] _rest = [];
    private ArrayBufferWriter<byte> _errorText = new();
    private SshFailure? _failure;

    /// <summary>Begins with a new nonce.</summary>
    internal ShellConversation()
    {
        Nonce = System.Security.Cryptography.RandomNumberGenerator.GetHexString(32, lowercase: true);
        _mark = Encoding.ASCII.GetBytes($"\n{Nonce} ");
        _errorMark = Encoding.ASCII.GetBytes($"\n{Nonce}\n");
    }

    /// <summary>What marks the ends of replies.</summary>
    internal string Nonce { get; }

    /// <summary>How many bytes may come on standard error for one request.</summary>
    internal int ErrorLimit { get; set; }

    /// <summary>Whether a reply is awaited.</summary>
    internal bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0 || _withoutErrors.Count > 0;
            }
        }
    }

    /// <summary>What came on standard error and belongs to no reply yet: ssh's own words, when it ends.</summary>
    internal string Remarks
    {
        get
        {
            lock (_gate)
            {
                return Encoding.UTF8.GetString(_errorText.WrittenSpan);
            }
        }
    }

    /// <summary>Expects a reply behind all others. To be called in the order in which requests are written.</summary>
    /// <exception cref="LvsConnectionException">The connection has ended.</exception>
    internal void Expect(ShellReply reply)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
            {
                throw failure.ToException(reply.Request);
            }

            if (_waiting.TryPeek(out ShellReply? first))
            {
                first.Hurry();
            }

            _waiting.Enqueue(reply);
        }
    }

    /// <summary>The relay has taken over; what follows comes through it.</summary>
    internal void PassRelay()
    {
        lock (_gate)
        {
            _waiting.Dequeue();
        }
    }

    /// <summary>Takes output of the other end.</summary>
    /// <returns>How much of it was taken: less than all when the relay begins in it.</returns>
    /// <exception cref="ShellFormatException">It answers nothing that was asked.</exception>
    internal async ValueTask<int> TakeOutputAsync(ReadOnlyMemory<byte> data)
    {
        ReadOnlyMemory<byte> left = data;
        if (_rest.Length > 0)
        {
            left = (byte[])[.. _rest, .. data.Span];
            _rest = [];
        }

        while (!left.IsEmpty)
        {
            ShellReply reply = First();
            if (reply is RelayReply)
            {
                return data.Length - left.Length;
            }

            int end = left.Span.IndexOf(_mark);
            int output = end >= 0 ? end : left.Length - PossibleMark(left.Span);
            if (output > 0)
            {
                await reply.TakeAsync(left[..output]).ConfigureAwait(false);
                left = left[output..];
            }

            int line = end >= 0 ? left.Span[_mark.Length..].IndexOf((byte)'\n') : -1;
            if (line < 0)
            {
                _rest = left.Length <= LongestLine ? left.ToArray() : throw new ShellFormatException("the end of a reply is longer than any that was agreed");
                break;
            }

            End(Encoding.UTF8.GetString(left.Span.Slice(_mark.Length, line)));
            left = left[(_mark.Length + line + 1)..];
        }

        return data.Length;
    }

    /// <summary>Takes what the other end, or ssh itself, wrote to standard error.</summary>
    /// <exception cref="ShellFormatException">It is more than was agreed.</exception>
    internal void TakeErrors(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            int from = Math.Max(0, _errorText.WrittenCount - _errorMark.Length);
            _errorText.Write(data);
            while (true)
            {
                ReadOnlySpan<byte> all = _errorText.WrittenSpan;
                int end = all[from..].IndexOf(_errorMark);
                if (end < 0)
                {
                    if (all.Length > ErrorLimit)
                    {
                        throw new ShellFormatException($"more than {ErrorLimit} bytes came on standard error");
                    }

                    return;
                }

                _errors.Enqueue(Encoding.UTF8.GetString(all[..(from + end)]));
                ArrayBufferWriter<byte> rest = new();
                rest.Write(all[(from + end + _errorMark.Length)..]);
                _errorText = rest;
                from = 0;
                EndWithErrors();
            }
        }
    }

    /// <summary>Ends all that is waited for, and all that will be asked.</summary>
    internal void Fail(SshFailure failure)
    {
        ShellReply[] left;
        lock (_gate)
        {
            _failure ??= failure;
            left = [.. _withoutErrors.Select(waiting => waiting.Reply), .. _waiting];
            _withoutErrors.Clear();
            _waiting.Clear();
        }

        foreach (ShellReply reply in left)
        {
            reply.Fail(failure.ToException(reply.Request));
        }
    }

    private ShellReply First()
    {
        lock (_gate)
        {
            return _waiting.TryPeek(out ShellReply? reply) ? reply : throw new ShellFormatException("output came that answers nothing that was asked");
        }
    }

    // How many bytes at the end may be the beginning of a mark. It has one line's end, its first byte.
    private int PossibleMark(ReadOnlySpan<byte> data)
    {
        int start = data.LastIndexOf((byte)'\n');
        ReadOnlySpan<byte> tail = start < 0 ? [] : data[start..];
        return tail.Length < _mark.Length && _mark.AsSpan().StartsWith(tail) ? tail.Length : 0;
    }

    private void End(string line)
    {
        // The first reply of all says more, and always has errors: what the start of the shell said.
        bool isHello = line.StartsWith(Hello, StringComparison.Ordinal);
        string[] words = isHello ? [line, "1"] : line.Split(' ');
        if (words is not [var status, "0" or "1"])
        {
            throw new ShellFormatException("the end of a reply has no status");
        }

        lock (_gate)
        {
            ShellReply reply = _waiting.Dequeue();
            if (words[1] == "0")
            {
                reply.End(status, string.Empty);
            }
            else
            {
                _withoutErrors.Enqueue((reply, status));
                EndWithErrors();
            }
        }
    }

    private void EndWithErrors()
    {
        while (_errors.Count > 0 && _withoutErrors.TryDequeue(out (ShellReply Reply, string Status) waiting))
        {
            waiting.Reply.End(waiting.Status, _errors.Dequeue());
        }
    }
}
