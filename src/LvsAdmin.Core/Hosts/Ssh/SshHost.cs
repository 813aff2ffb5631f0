using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// A Linux host over SSH, with nothing of ours installed there: one ssh process, a POSIX shell at its other end, and for netlink a relay in perl or python3. Safe for
/// concurrent use: requests are sent at once and answered in order.
/// </summary>
public sealed class SshHost : ILvsHost
{
    // Names of files are part of a command line, which has a limit.
    private const int FilesAtOnce = 200;

    private readonly SshConnector _connector;
    private readonly SshOptions _options;

    /// <summary>Names a host. Nothing is opened yet.</summary>
    /// <param name="target">Where and how to connect.</param>
    /// <param name="name">The name that outputs and messages carry; null for the target's text.</param>
    /// <param name="options">Program and bounds.</param>
    public SshHost(SshTarget target, string? name = null, SshOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        Name = name ?? target.ToString();
        _options = options ?? new SshOptions();
        _connector = new SshConnector(target, Name, _options);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string? NetworkNamespace => null;

    /// <summary>Whether a connection is open now.</summary>
    public bool IsOpen => _connector.Current is not null;

    /// <summary>The release of the host's kernel, while connected; null otherwise.</summary>
    public string? KernelRelease => _connector.Current?.KernelRelease;

    /// <summary>Connects, if not connected; every other call does so too, also after a lost connection.</summary>
    /// <param name="cancellationToken">Ends the wait; nobody else waiting, ssh is killed.</param>
    /// <exception cref="LvsConnectionException">The host cannot be reached.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken) => await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken)
    {
        SshConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await connection.OpenNetlinkAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IHostSocket> OpenSocketAsync(HostSocketRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        SshConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await connection.OpenSocketAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw SocketErrors.Denied(Name, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        byte[] request = ShellServer.Request(
            ShellServer.Run, [invocation.Input is null ? "0" : "1", invocation.Input ?? string.Empty, invocation.Program, .. invocation.Arguments]);
        SshConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        ShellResult result = await connection.AskAsync($"run '{SshTargetText.Shown(invocation.ToString())}'", request, endsWithCaller: true, cancellationToken).ConfigureAwait(false);
        return result.Status == ShellServer.Missing
            ? throw HostErrors.ProgramMissing(invocation.Program, Name)
            : result.ExitCode >= 0
                ? new ProgramResult(result.ExitCode, Decode(result.Output), result.Error)
                : throw Unexpected($"run '{invocation.Program}'", result);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        ShellResult result = await AskAsync("read", path, ShellServer.Request(ShellServer.Read, Check(path)), cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? Decode(result.Output) : SshFileErrors.IsMissing(result) ? null : throw SshFileErrors.Of("read", path, Name, result);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<HostFileText>> ReadFilesAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        // All at once; each part is one process there.
        IReadOnlyList<HostFileText>[] parts = await Task.WhenAll(paths.Chunk(FilesAtOnce).Select(part => ReadPartAsync(part, cancellationToken))).ConfigureAwait(false);
        return [.. parts.SelectMany(part => part)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] request = ShellServer.Request(ShellServer.Read, Check(path));
        SshConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        StreamReply reply = await connection.StreamAsync($"read {SshTargetText.Shown(path)}", request, cancellationToken).ConfigureAwait(false);
        LineSplitter lines = new(_options.LineLength);
        try
        {
            await foreach (byte[] piece in reply.PiecesAsync(cancellationToken).ConfigureAwait(false))
            {
                lines.Add(piece);
                while (lines.TryTake(out string? line))
                {
                    yield return line;
                }

                if (lines.IsTooLong)
                {
                    throw new LvsHostException(LvsHostError.BadReply, $"A line of {path} on {Name} is longer than {_options.LineLength} bytes.");
                }
            }

            if (lines.TakeLast() is { } last)
            {
                yield return last;
            }
        }
        finally
        {
            reply.Abandon();
        }

        ShellResult result = await reply.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw SshFileErrors.Of("read", path, Name, result);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        byte[] request = LocalFiles.IsOfKernel(Check(path))
            ? ShellServer.Request(ShellServer.WriteKernel, path, content)
            : ShellServer.Request(
                ShellServer.Write, path, mode is { } given ? Convert.ToString((int)given, 8) : string.Empty, content, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        SshFileErrors.Check("written", path, Name, await AskAsync("write", path, request, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => SshFileErrors.Check(
        "removed", path, Name, await AskAsync("remove", path, ShellServer.Request(ShellServer.Remove, Check(path)), cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        ShellResult result = await AskAsync("list", path, ShellServer.Request(ShellServer.List, Check(path)), cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            return [.. Decode(result.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        }

        return SshFileErrors.IsMissing(result) ? [] : throw SshFileErrors.Of("listed", path, Name, result);
    }

    /// <summary>Ends the connection: when a request is under way at once, otherwise by the end of ssh's input, which half a second is given to.</summary>
    public ValueTask DisposeAsync() => _connector.DisposeAsync();

    // As the runtime reads text files: UTF-8, or what a mark at the beginning says.
    private static string Decode(byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[0] is not (0xEF or 0xFE or 0xFF or 0))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        using StreamReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string Check(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path[0] == '/' ? path : throw new ArgumentException("A path on another host must be absolute.", nameof(path));
    }

    private async ValueTask<ShellResult> AskAsync(string verb, string path, byte[] request, CancellationToken cancellationToken)
    {
        SshConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await connection.AskAsync($"{verb} {SshTargetText.Shown(path)}", request, endsWithCaller: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<HostFileText>> ReadPartAsync(string[] paths, CancellationToken cancellationToken)
    {
        foreach (string path in paths)
        {
            Check(path);
        }

        ShellResult result = await AskAsync("read", $"{paths.Length} files, {paths[0]} first", ShellServer.Request(ShellServer.ReadMany, paths), cancellationToken).ConfigureAwait(false);
        if (ManyFiles.Read(paths, result) is not { } files)
        {
            // One of them could not be read after all, or holds what separates them.
            return await Task.WhenAll(paths.Select(ReadOneAsync)).ConfigureAwait(false);
        }

        return await Task.WhenAll(files.Select((file, index) => file switch
        {
            { Trouble: true } => ReadOneAsync(paths[index]),
            _ => Task.FromResult(new HostFileText(paths[index], file.Content is { } content ? Decode(content) : null, null)),
        })).ConfigureAwait(false);

        async Task<HostFileText> ReadOneAsync(string path)
        {
            try
            {
                return new HostFileText(path, await ReadFileAsync(path, cancellationToken).ConfigureAwait(false), null);
            }
            catch (LvsHostException failure) when (failure is not LvsConnectionException)
            {
                return new HostFileText(path, null, failure);
            }
        }
    }

    private LvsHostException Unexpected(string request, ShellResult result) => new(
        LvsHostError.BadReply, $"{Name} was asked to {request}, and answered '{SshTargetText.Shown(result.Status)}'.");
}
