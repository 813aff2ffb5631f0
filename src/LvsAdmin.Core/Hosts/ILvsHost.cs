using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts;

/// <summary>
/// A host on which work is done: this machine, a host over SSH, or a simulated one. Whatever prepares real servers and directors is written once, against this.
/// Safe for concurrent use, except for what it hands out.
/// </summary>
public interface ILvsHost : IAsyncDisposable
{
    /// <summary>The name that outputs carry as HostName: <c>localhost</c> for this machine.</summary>
    string Name { get; }

    /// <summary>The network namespace of the host in which all this happens, as the user named it; null for the host's own.</summary>
    string? NetworkNamespace { get; }

    /// <summary>Opens a netlink socket of the generic netlink protocol in the host's network namespace.</summary>
    /// <exception cref="LvsHostException">The host, or the namespace, cannot be reached.</exception>
    /// <exception cref="NetlinkException">The kernel refused the socket.</exception>
    ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken);

    /// <summary>Opens a socket in the host's network namespace, connected where the request says so: what is asked by it is asked from the host.</summary>
    /// <exception cref="LvsHostException">The host, or the namespace, cannot be reached; it is one that has no sockets (NotSupported); other rights are needed (AccessDenied).</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The host's kernel refused the socket, or the peer the connection.</exception>
    ValueTask<IHostSocket> OpenSocketAsync(HostSocketRequest request, CancellationToken cancellationToken) =>
        throw new LvsHostException(LvsHostError.NotSupported, $"{Name} sends and receives nothing: it is simulated.");

    /// <summary>Runs a program in the host's network namespace to its end. Arguments are data: no shell reads them.</summary>
    /// <param name="invocation">Program, arguments, standard input.</param>
    /// <param name="cancellationToken">Kills the program.</param>
    /// <returns>Exit status and both outputs; a status other than 0 is no exception here.</returns>
    /// <exception cref="LvsHostException">The program is missing, or the host cannot be reached.</exception>
    ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken);

    /// <summary>Reads a small text file whole, such as a sysctl.</summary>
    /// <param name="path">An absolute path; /proc/net and /proc/sys/net mean those of the network namespace.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The text, or null when there is no such file.</returns>
    /// <exception cref="LvsHostException">The file cannot be read.</exception>
    ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken);

    /// <summary>Reads small text files whole, together: over a network in one go where each by itself would be a round trip.</summary>
    /// <param name="paths">Absolute paths, as for <see cref="ReadFileAsync"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What came of each file, in their order.</returns>
    /// <exception cref="LvsConnectionException">The host cannot be reached. What is wrong with one file is told with it.</exception>
    async ValueTask<IReadOnlyList<HostFileText>> ReadFilesAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<HostFileText> files = [];
        foreach (string path in paths)
        {
            try
            {
                files.Add(new HostFileText(path, await ReadFileAsync(path, cancellationToken).ConfigureAwait(false), null));
            }
            catch (LvsHostException failure) when (failure is not LvsConnectionException)
            {
                files.Add(new HostFileText(path, null, failure));
            }
        }

        return files;
    }

    /// <summary>Reads a text file line by line as it comes, for files that may have millions of lines.</summary>
    /// <param name="path">As for <see cref="ReadFileAsync"/>; a missing file is an error here.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="LvsHostException">The file is missing or cannot be read.</exception>
    IAsyncEnumerable<string> ReadLinesAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a small text file whole. A file of the kernel (under /proc or /sys) gets its text in one write, as sysctls need it. Any other file is replaced
    /// in one step: whoever reads it sees the old text or the new one, also after a crash.
    /// </summary>
    /// <param name="path">As for <see cref="ReadFileAsync"/>. Missing directories are made, except under /proc and /sys, where only files that exist can be written. A symbolic link stays one: the file that it leads to is written.</param>
    /// <param name="content">The text.</param>
    /// <param name="mode">The permissions of the file, exactly; null to keep those that it has, and to give a new one 0644. Not for files of the kernel.</param>
    /// <param name="cancellationToken">Ends the wait; a write that was begun is finished.</param>
    /// <exception cref="LvsHostException">The file cannot be written.</exception>
    ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken);

    /// <summary>Removes a file; one that is not there is no error.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LvsHostException">The file cannot be removed.</exception>
    ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken);

    /// <summary>Lists the names in a directory, sorted.</summary>
    /// <param name="path">As for <see cref="ReadFileAsync"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The names without their path; empty when there is no such directory.</returns>
    /// <exception cref="LvsHostException">The directory cannot be read.</exception>
    ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken);
}
