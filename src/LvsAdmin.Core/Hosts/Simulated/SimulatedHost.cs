using System.Globalization;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>
/// A director in memory, to try documents, commands and tests on, on any operating system: a <see cref="SimulatedKernel"/>, files, a link with the addresses
/// 192.0.2.1/24 and 2001:db8::1/64 on eth0, and of programs <c>ip</c>, <c>arping</c>, <c>modprobe</c> and <c>readlink</c> as LvsAdmin calls them. Whatever else it is
/// asked to run is not there, as a program that is not installed. Disposing of it changes nothing.
/// </summary>
public sealed class SimulatedHost : ILvsHost
{
    /// <summary>The release that its kernel gives itself: it does what Linux 6.1 does.</summary>
    public const string KernelRelease = "6.1.0-simulated";

    private const string ParameterRoot = "/proc/sys/net/ipv4/vs";

    // The parameters that a kernel 6.1 of Debian has, whose default value the catalogue does not have because it follows the machine.
    private static readonly Dictionary<string, string> MachineDefaults = new(StringComparer.Ordinal) { ["sync_qlen_max"] = "131072" };

    private readonly object _lock = new();
    private readonly SimulatedFiles _files = new();
    private readonly SimulatedNetwork _network;
    private readonly SimulatedPrograms _programs;

    /// <summary>Makes a host with an empty table.</summary>
    /// <param name="name">The name that outputs carry.</param>
    /// <param name="time">The clock by which its connections end; null for the system's.</param>
    public SimulatedHost(string name = "simulated", TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        _network = new SimulatedNetwork(_files);
        _programs = new SimulatedPrograms(name, _network);
        Kernel = new SimulatedKernel(time, new GuardedNetwork(this));
        _files.Write("/proc/sys/kernel/osrelease", KernelRelease + "\n");
        _files.Write("/proc/modules", string.Concat(SimulatedTable.Schedulers.Order(StringComparer.Ordinal).Select(scheduler => $"ip_vs_{scheduler} 16384 0 - Live 0x0\n")));
        _files.Live["/proc/net/ip_vs_conn"] = () => "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
        _files.Live["/proc/net/ip_vs_stats"] = () => string.Create(CultureInfo.InvariantCulture,
            $"   Total Incoming Outgoing         Incoming         Outgoing\n   Conns  Packets  Packets            Bytes            Bytes\n{Kernel.TotalConnections,8:X}        0        0                0                0\n\n Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n       0        0        0                0                0\n");
        foreach (LvsKernelParameterDefinition parameter in KernelParameterCatalogue.All)
        {
            // Those of other kernels than 6.1 and of other builds are not there.
            if ((parameter.Default ?? MachineDefaults.GetValueOrDefault(parameter.Name)) is { } value
                && (parameter.Availability is null || parameter.Name is "conntrack" or "run_estimation" or "lblc_expiration" or "lblcr_expiration"))
            {
                _files.Write($"{ParameterRoot}/{parameter.Name}", value.Replace(' ', '\t') + "\n");
            }
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string? NetworkNamespace => null;

    /// <summary>The IPVS of the host.</summary>
    public SimulatedKernel Kernel { get; }

    /// <inheritdoc/>
    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Kernel.OpenTransport());
    }

    /// <inheritdoc/>
    public ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(_programs.Run(invocation));
        }
    }

    /// <inheritdoc/>
    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(_files.Read(path));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string text = await ReadFileAsync(path, cancellationToken).ConfigureAwait(false) ?? throw Missing(path);
        using StringReader reader = new(text);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return line;
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(content);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (IsKernels(path))
            {
                if (_files.Read(path) is null)
                {
                    throw Missing(path);
                }

                WriteKernelFile(path, content);
            }
            else
            {
                _files.Write(path, content);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (IsKernels(path))
            {
                throw new LvsHostException(LvsHostError.AccessDenied, $"{path} on {Name} cannot be removed: it is the kernel's.");
            }

            _files.Remove(path);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(_files.List(path));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool IsKernels(string path) => path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal);

    private LvsHostException Missing(string path) => new(LvsHostError.FileMissing, $"There is no file {path} on {Name}.");

    private void WriteKernelFile(string path, string content)
    {
        string text = content.Trim();
        string before = _files.Read(path)!.Trim();
        bool isNumber = int.TryParse(before, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        bool isRefused = isNumber && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) || IsOutOfRange(path, number));
        if (isRefused || !path.StartsWith("/proc/sys/", StringComparison.Ordinal))
        {
            throw new LvsHostException(LvsHostError.ValueRefused, $"The kernel of {Name} refused '{text}' for {path}: invalid argument.");
        }

        _network.Follow(path, text);
    }

    private static bool IsOutOfRange(string path, int number) =>
        path.StartsWith(ParameterRoot + "/", StringComparison.Ordinal)
        && KernelParameterCatalogue.TryGet(path[(ParameterRoot.Length + 1)..], out LvsKernelParameterDefinition? parameter)
        && (number < parameter.Minimum || number > parameter.Maximum);

    /// <summary>The network as the kernel asks it, from whichever thread.</summary>
    private sealed class GuardedNetwork(SimulatedHost host) : ISimulatedNetwork
    {
        public int? FindMtu(string name)
        {
            lock (host._lock)
            {
                return host._network.FindMtu(name);
            }
        }

        public bool IsBroadcast(Ipvs.LvsAddress address)
        {
            lock (host._lock)
            {
                return host._network.IsBroadcast(address);
            }
        }

        public bool IsLocal(Ipvs.LvsAddress address)
        {
            lock (host._lock)
            {
                return host._network.IsLocal(address);
            }
        }
    }
}
