using System.Diagnostics;
using System.Text;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// One ssh process and the conversation over its pipes. Requests are written as they are made; two loops read what comes, and when ssh ends they tell everyone why.
/// No thread waits, and nothing of it outlives <see cref="DisposeAsync"/>.
/// </summary>
internal sealed class SshConnection : IAsyncDisposable
{
    // While nothing comes, this is all that is kept for reading.
    private const int IdleLength = 4096;
    private const int BusyLength = 64 * 1024;

    // What start-up files of a login shell may print.
    private const int NoiseLength = 64 * 1024;

    private static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FailingTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastWordsTime = TimeSpan.FromMilliseconds(200);

    private readonly SshTarget _target;
    private readonly string _host;
    private readonly SshOptions _options;
    private readonly bool _hasJump;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly ShellConversation _conversation = new() { ErrorLimit = NoiseLength };
    private readonly WholeReply _greeting = new("start a shell", NoiseLength);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _end;
    private readonly object _gate = new();
    private SshFailure? _reason;
    private Task<RelayMultiplexer>? _relayStart;
    private bool _passed;
    private int _disposed;

    private SshConnection(SshTarget target, string host, SshOptions options, bool hasJump)
    {
        _target = target;
        _host = host;
        _options = options;
        _hasJump = hasJump;
        _process = SshProgram.Start(options.Program, SshArguments.Connect(target));
        _input = _process.StandardInput.BaseStream;
        _end = RunAsync();
    }

    /// <summary>The release of the host's kernel.</summary>
    internal string KernelRelease { get; private set; } = string.Empty;

    /// <summary>Whether the connection still takes requests.</summary>
    internal bool IsOpen => !_end.IsCompleted && Volatile.Read(ref _disposed) == 0 && Volatile.Read(ref _reason) is null;

    /// <summary>The relay, once it was started.</summary>
    internal RelayMultiplexer? Relay { get; private set; }

    private string Interpreter { get; set; } = "none";

    /// <summary>Starts ssh and waits until the host takes requests.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="host">The host's name for messages.</param>
    /// <param name="options">Program and bounds.</param>
    /// <param name="hasJump">Whether ssh starts a process of its own to get there.</param>
    /// <param name="cancellationToken">Kills ssh.</param>
    /// <exception cref="SshConnectingException">It failed.</exception>
    internal static async Task<SshConnection> OpenAsync(SshTarget target, string host, SshOptions options, bool hasJump, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SshConnection connection = new(target, host, options, hasJump);
        try
        {
            await connection.GreetAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Kill();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks something and waits for the whole reply.</summary>
    /// <param name="request">What the host was asked to do, in words for messages.</param>
    /// <param name="bytes">The request as <see cref="ShellServer.Request"/> makes it.</param>
    /// <param name="endsWithCaller">Whether it must not go on when the caller gives up, which takes the connection with it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async ValueTask<ShellResult> AskAsync(string request, byte[] bytes, bool endsWithCaller, CancellationToken cancellationToken)
    {
        WholeReply reply = new(request, _options.ReplyLength);
        await SendAsync(reply, bytes, cancellationToken).ConfigureAwait(false);
        try
        {
            return await reply.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (endsWithCaller)
        {
            _ = KillUnlessAnsweredAsync(reply);
            throw;
        }
    }

    /// <summary>Asks for something whose reply is used while it comes.</summary>
    internal async ValueTask<StreamReply> StreamAsync(string request, byte[] bytes, CancellationToken cancellationToken)
    {
        StreamReply reply = new(request, _options.ReplyLength);
        await SendAsync(reply, bytes, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    /// <summary>Opens a netlink socket; the first one starts the relay.</summary>
    internal async ValueTask<SshNetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) =>
        await SshNetlinkTransport.OpenAsync(this, await RelayAsync(cancellationToken).ConfigureAwait(false), _host, cancellationToken).ConfigureAwait(false);

    /// <summary>Opens a socket of another family, by the same relay.</summary>
    internal async ValueTask<SshSocket> OpenSocketAsync(HostSocketRequest request, CancellationToken cancellationToken) =>
        await SshSocket.OpenAsync(this, await RelayAsync(cancellationToken).ConfigureAwait(false), request, cancellationToken).ConfigureAwait(false);

    private async ValueTask<RelayMultiplexer> RelayAsync(CancellationToken cancellationToken)
    {
        Task<RelayMultiplexer> starting;
        lock (_gate)
        {
            starting = _relayStart ??= StartRelayAsync();
        }

        RelayMultiplexer relay = await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await relay.HasOurByteOrder.WaitAsync(cancellationToken).ConfigureAwait(false)
            ? relay
            : throw new LvsHostException(
                LvsHostError.NotSupported,
                $"The processor of {_host} has another byte order than this machine's, and netlink speaks in the host's own: run LvsAdmin there, over PowerShell remoting (-Session).");
    }

    /// <summary>Writes a frame of the relay.</summary>
    internal ValueTask WriteFrameAsync(byte[] frame, CancellationToken cancellationToken) => WriteAsync(() => frame, cancellationToken);

    /// <summary>Ends ssh at once. Whoever waits is told that the connection was lost.</summary>
    internal void Kill()
    {
        try
        {
            // A process that ssh started to get through a jump host ends by itself when ssh has gone, but not at once.
            _process.Kill(entireProcessTree: _hasJump);
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException or NotSupportedException)
        {
            // It has ended.
        }
    }

    /// <summary>Ends the connection: at once when something is still under way, otherwise by the end of ssh's input.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (_conversation.IsBusy)
            {
                Kill();
            }
            else
            {
                try
                {
                    _input.Close();
                }
                catch (Exception exception) when (exception is IOException or InvalidOperationException)
                {
                    // It has ended by itself.
                }
            }
        }

        await ((Task)_end.WaitAsync(ClosingTime)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_end.IsCompleted)
        {
            Kill();
            await _end.ConfigureAwait(false);
        }
    }

    // Text, nonce and first reply: the host needs no more than one round trip behind ssh's own.
    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        ShellResult hello;
        try
        {
            Task<ShellResult> greeting = AskHelloAsync(Encoding.ASCII.GetBytes($"{ShellServer.Text}\n{_conversation.Nonce}\n"), cancellationToken);
            hello = await greeting.WaitAsync(_target.ConnectingTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            SetReason(SshFailure.Timeout(_target, _host, _conversation.Remarks));
            throw new SshConnectingException(_reason!);
        }
        catch (LvsConnectionException)
        {
            await _end.ConfigureAwait(false);
            throw new SshConnectingException(_reason!);
        }

        if (hello.Status.Split(' ') is not ["hello", var version, var system, var release, _, var interpreter])
        {
            throw new SshConnectingException(SshFailure.BadReply(_host, "the first reply is not as agreed", hello.Error));
        }

        if (version != ShellServer.ProtocolVersion)
        {
            throw new SshConnectingException(SshFailure.BadReply(_host, $"it speaks version '{SshTargetText.Shown(version)}' of the protocol, and version {ShellServer.ProtocolVersion} is needed", string.Empty));
        }

        if (system != "Linux")
        {
            throw new SshConnectingException(new SshFailure(LvsHostError.NotSupported, $"{_host} is no Linux host, or its /proc is not mounted: Linux Virtual Server is a part of Linux."));
        }

        KernelRelease = release;
        Interpreter = interpreter;
        _conversation.ErrorLimit = _options.ReplyLength;
    }

    private async Task<ShellResult> AskHelloAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await SendAsync(_greeting, bytes, cancellationToken).ConfigureAwait(false);
        return await _greeting.Result.ConfigureAwait(false);
    }

    private async Task<RelayMultiplexer> StartRelayAsync()
    {
        if (Interpreter is not ("perl" or "python3"))
        {
            throw new LvsHostException(
                LvsHostError.ProgramMissing,
                $"Neither perl nor python3 is on {_host}, and one of them is needed to reach its kernel by netlink. On Debian they are in the packages perl-base and python3-minimal: apt-get install perl-base.");
        }

        RelayMultiplexer relay = new(async piece => _ = await _conversation.TakeOutputAsync(piece).ConfigureAwait(false));
        WholeReply hello = new("begin under the relay", NoiseLength);
        await WriteAsync(
            () =>
            {
                // The frame may follow at once, and so may other requests: the shell reads not a byte behind its last request, and the relay all that comes then.
                _conversation.Expect(new RelayReply());
                _conversation.Expect(hello);
                Relay = relay;
                return
                [
                    .. ShellServer.Request(ShellServer.Relay, RelayStubs.CommandOf(Interpreter)),
                    .. RelayMultiplexer.Frame(RelayStubs.Data, 0, Encoding.ASCII.GetBytes($"{_conversation.Nonce}\n")),
                ];
            },
            CancellationToken.None).ConfigureAwait(false);
        return relay;
    }

    private ValueTask SendAsync(ShellReply reply, byte[] bytes, CancellationToken cancellationToken) => WriteAsync(
        () =>
        {
            _conversation.Expect(reply);
            return Relay is null ? bytes : RelayMultiplexer.Frame(RelayStubs.Data, 0, bytes);
        },
        cancellationToken);

    private async Task KillUnlessAnsweredAsync(WholeReply reply)
    {
        await ((Task)reply.Result.WaitAsync(ClosingTime)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reply.Result.IsCompleted)
        {
            Kill();
        }
    }

    // What is written is made when its turn has come, so that replies are expected in the order of the requests. A write that has begun is finished, whoever has gone.
    private async ValueTask WriteAsync(Func<byte[]> make, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        byte[] bytes;
        try
        {
            bytes = make();
        }
        catch
        {
            _writing.Release();
            throw;
        }

        Task written = WriteAndReleaseAsync(bytes);
        await (written.IsCompleted ? written : written.WaitAsync(cancellationToken)).ConfigureAwait(false);
    }

    private async Task WriteAndReleaseAsync(byte[] bytes)
    {
        try
        {
            await _input.WriteAsync(bytes).ConfigureAwait(false);
            await _input.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException or NotSupportedException)
        {
            // ssh has ended, and the loop that reads from it tells everyone why.
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task RunAsync()
    {
        // Not within the constructor: what comes is handled where it comes.
        await Task.Yield();
        using Stream output = _process.StandardOutput.BaseStream;
        using Stream remarks = _process.StandardError.BaseStream;
        Task errors = ReadAsync(remarks, data =>
        {
            _conversation.TakeErrors(data.Span);
            return ValueTask.CompletedTask;
        });
        Task replies = ReadAsync(output, TakeOutputAsync);
        Task exit = _process.WaitForExitAsync();
        await Task.WhenAny(replies, exit).ConfigureAwait(false);

        // Without output ssh is about to end; when it has ended, what it left is still read. But nothing is waited for long: a helper of ssh may hold the pipes open.
        int? exitCode = null;
        // Why a login failed is told by the status, and a busy machine may take its time to tell it.
        await ((Task)exit.WaitAsync(_greeting.Result.IsCompletedSuccessfully ? ClosingTime : FailingTime)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (exit.IsCompletedSuccessfully)
        {
            exitCode = _process.ExitCode;
        }
        else
        {
            Kill();
            await exit.ConfigureAwait(false);
        }

        await ((Task)replies.WaitAsync(LastWordsTime)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)errors.WaitAsync(LastWordsTime)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SetReason(SshFailure.Of(_target, _host, exitCode, _conversation.Remarks, wasOpen: _greeting.Result.IsCompletedSuccessfully));
        _conversation.Fail(_reason!);
        Relay?.Fail(_reason!);
        await _input.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task ReadAsync(Stream stream, Func<ReadOnlyMemory<byte>, ValueTask> take)
    {
        byte[] idle = new byte[IdleLength];
        byte[] buffer = idle;
        try
        {
            while (true)
            {
                int length = await stream.ReadAsync(buffer).ConfigureAwait(false);
                if (length == 0)
                {
                    return;
                }

                await take(buffer.AsMemory(0, length)).ConfigureAwait(false);
                // Much comes at once: fewer and larger reads, until it gets less.
                buffer = length == buffer.Length ? buffer.Length == BusyLength ? buffer : new byte[BusyLength] : length < IdleLength ? idle : buffer;
            }
        }
        catch (ShellFormatException exception)
        {
            SetReason(SshFailure.BadReply(_host, exception.Message, _conversation.Remarks));
            _conversation.Fail(_reason!);
            Relay?.Fail(_reason!);
            Kill();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // ssh has ended.
        }
    }

    private async ValueTask TakeOutputAsync(ReadOnlyMemory<byte> data)
    {
        if (_passed)
        {
            await Relay!.TakeAsync(data).ConfigureAwait(false);
            return;
        }

        int taken = await _conversation.TakeOutputAsync(data).ConfigureAwait(false);
        if (taken < data.Length)
        {
            _conversation.PassRelay();
            _passed = true;
            await Relay!.TakeAsync(data[taken..]).ConfigureAwait(false);
        }
    }

    private void SetReason(SshFailure reason) => Interlocked.CompareExchange(ref _reason, reason, null);
}
