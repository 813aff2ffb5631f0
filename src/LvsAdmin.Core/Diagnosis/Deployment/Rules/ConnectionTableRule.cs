using System.Globalization;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether the tables in which connections are found are large enough: that of IPVS, which only becomes slow, and that of Netfilter, which drops what is new when it is full.</summary>
internal sealed class ConnectionTableRule : DeploymentRule
{
    // How many connections a bucket may hold before the search for one is what costs most.
    private const int MostInBucket = 8;
    private const int NearlyFullPercent = 95;

    // Kernels before this one answer the reuse of a port late when Netfilter follows the connection (Documentation/networking/ipvs-sysctl.rst).
    private static readonly Version ReuseMended = new(5, 9);

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.ConnectionTableSmall;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentHost director = context.Director;
        yield return await CheckSizeAsync(director, cancellationToken).ConfigureAwait(false);
        foreach (DeploymentHost host in context.RealServerHosts.Prepend(director).Distinct())
        {
            if (await CheckConntrackAsync(host, cancellationToken).ConfigureAwait(false) is { } result)
            {
                yield return result;
            }
        }

        if (await CheckReuseAsync(director, cancellationToken).ConfigureAwait(false) is { } reuse)
        {
            yield return reuse;
        }
    }

    private async ValueTask<LvsDeploymentCheck> CheckSizeAsync(DeploymentHost director, CancellationToken cancellationToken)
    {
        const string Expected = "the table of connections is large enough";
        if (await director.ParameterAsync("conn_lfactor", cancellationToken).ConfigureAwait(false) is not null)
        {
            return Passed(director, Expected, "it grows by itself");
        }

        uint buckets = (await (await director.ConnectAsync(cancellationToken).ConfigureAwait(false)).GetInfoAsync(cancellationToken).ConfigureAwait(false)).ConnectionTableSize;
        long connections = (await director.GetTableAsync(cancellationToken).ConfigureAwait(false)).SelectMany(each => each.Servers)
            .Sum(server => (long)server.ActiveConnections + server.InactiveConnections + server.PersistentConnections);
        string found = string.Create(CultureInfo.InvariantCulture, $"{connections} connections in {buckets} buckets");
        return buckets > 0 && connections / buckets >= MostInBucket
            ? Failed(director, Expected, found, "The director searches long for each packet's connection: it becomes slow under load.") with
            {
                Advice = string.Create(
                    CultureInfo.InvariantCulture,
                    $"options ip_vs conn_tab_bits={Math.Min(20, (int)Math.Ceiling(Math.Log2(connections)))} in a file in /etc/modprobe.d, from the next time that the module is loaded."),
            }
            : Passed(director, Expected, found);
    }

    private async ValueTask<LvsDeploymentCheck?> CheckConntrackAsync(DeploymentHost host, CancellationToken cancellationToken)
    {
        const string Expected = "the table of Netfilter has room";
        if (await host.CountAsync("/proc/sys/net/netfilter/nf_conntrack_count", cancellationToken).ConfigureAwait(false) is not { } count
            || await host.CountAsync("/proc/sys/net/netfilter/nf_conntrack_max", cancellationToken).ConfigureAwait(false) is not (> 0 and { } most))
        {
            return null;
        }

        string found = string.Create(CultureInfo.InvariantCulture, $"{count} connections of {most}");
        return count * 100 >= most * NearlyFullPercent
            ? Failed(host, Expected, found, "When the table is full, packets of new connections are dropped: clients wait for their repetition, or in vain.", LvsDeploymentCause.ConntrackFull) with
            {
                Advice = string.Create(
                    CultureInfo.InvariantCulture, $"sysctl net.netfilter.nf_conntrack_max={Math.Max(most, count) * 2}, or no connection tracking for the service (notrack)."),
            }
            : Passed(host, Expected, found, LvsDeploymentCause.ConntrackFull);
    }

    private async ValueTask<LvsDeploymentCheck?> CheckReuseAsync(DeploymentHost director, CancellationToken cancellationToken)
    {
        if (await director.ParameterAsync("conntrack", cancellationToken).ConfigureAwait(false) is not "1"
            || await director.ParameterAsync("conn_reuse_mode", cancellationToken).ConfigureAwait(false) is not { } mode)
        {
            return null;
        }

        const string Expected = "a port that is used again costs no second";
        string? release = await director.FactAsync("release", stop => KernelModules.ReleaseAsync(director.Host, stop), cancellationToken).ConfigureAwait(false);
        string[] parts = (release ?? string.Empty).Split('.', '-');
        bool isOld = parts.Length > 1 && Version.TryParse($"{parts[0]}.{parts[1]}", out Version? version) && version < ReuseMended;
        return isOld && mode is "1"
            ? Failed(
                director,
                Expected,
                $"conntrack and conn_reuse_mode are 1 on Linux {release}",
                "A client that uses a port again while its old connection is remembered waits a second for each: under load many do.",
                LvsDeploymentCause.ConntrackReuse) with
            {
                Advice = "Without rules that need it: Set-LvsKernelParameter conntrack 0. Else a kernel from 5.9 on; conn_reuse_mode 0 is quick, but then servers of weight 0 never drain.",
            }
            : Passed(director, Expected, $"conn_reuse_mode is {mode} on Linux {release}", LvsDeploymentCause.ConntrackReuse);
    }
}
