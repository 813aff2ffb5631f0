namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Holds the one connection of a host: made when it is first needed, by all who need it together, and made anew when it was lost.</summary>
internal sealed class SshConnector(SshTarget target, string host, SshOptions options) : IAsyncDisposable
{
    private const int Attempts = 3;
    private const int LongestPause = 1000;
    private const int ShortestPause = 200;

    private readonly object _gate = new();
    private Attempt? _attempt;
    private bool _disposed;

    /// <summary>The connection, if it is open now.</summary>
    internal SshConnection? Current
    {
        get
        {
            lock (_gate)
            {
                return _attempt is { Task.IsCompletedSuccessfully: true } attempt && attempt.Task.Result is { IsOpen: true } connection ? connection : null;
            }
        }
    }

    /// <summary>Gives the open connection, or makes one.</summary>
    /// <exception cref="LvsConnectionException">The host cannot be reached.</exception>
    internal async ValueTask<SshConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Attempt attempt;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SshHost));
            if (_attempt is { Task.IsCompletedSuccessfully: true } made && made.Task.Result.IsOpen)
            {
                return made.Task.Result;
            }

            if (_attempt is null || _attempt.Task.IsCompleted || _attempt.IsGivenUp)
            {
                // Its source of cancellation has no clock and holds nothing: the one before needs no end.
                _attempt = new Attempt(this);
            }

            attempt = _attempt;
            attempt.Waiting++;
        }

        try
        {
            return await attempt.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                // Whoever waits last takes the attempt along when they go.
                if (--attempt.Waiting == 0 && !attempt.Task.IsCompleted)
                {
                    attempt.GiveUp();
                }
            }
        }
    }

    /// <summary>Ends the connection, and what is being done for one.</summary>
    public async ValueTask DisposeAsync()
    {
        Attempt? attempt;
        lock (_gate)
        {
            _disposed = true;
            attempt = _attempt;
            _attempt = null;
        }

        if (attempt is null)
        {
            return;
        }

        using Attempt ended = attempt;
        attempt.GiveUp();
        await ((Task)attempt.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.Task.IsCompletedSuccessfully)
        {
            await attempt.Task.Result.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<SshConnection> MakeAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        string? jump = await JumpHosts.OfAsync(target, options, cancellationToken).ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using HandshakeGate.Turn turn = await HandshakeGate.EnterAsync(jump, cancellationToken).ConfigureAwait(false);
                return await SshConnection.OpenAsync(target, host, options, jump is not null, cancellationToken).ConfigureAwait(false);
            }
            catch (SshConnectingException exception) when (exception.Failure.MayBeLoad && attempt < Attempts)
            {
                // At random, so that those who were dropped together do not come back together.
                await Task.Delay(Random.Shared.Next(ShortestPause, LongestPause), cancellationToken).ConfigureAwait(false);
            }
            catch (SshConnectingException exception)
            {
                throw exception.Failure.ToException(null);
            }
        }
    }

    private sealed class Attempt : IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        internal Attempt(SshConnector connector) => Task = connector.MakeAsync(_source.Token);

        internal Task<SshConnection> Task { get; }

        internal int Waiting { get; set; }

        internal bool IsGivenUp => _source.IsCancellationRequested;

        internal void GiveUp() => _source.Cancel();

        public void Dispose() => _source.Dispose();
    }
}
