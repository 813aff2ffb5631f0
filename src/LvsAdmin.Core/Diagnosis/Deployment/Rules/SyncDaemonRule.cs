using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether directors that take turns exchange their connections: each takes part, at least one sends and one listens, by one sync id, group and port
/// (net/netfilter/ipvs/ip_vs_sync.c; a listener of sync id 0 takes all). That none of them does is a choice, and good.
/// </summary>
internal sealed class SyncDaemonRule : DeploymentRule
{
    private const string Reason = "After a fail-over the other director does not know the connections: clients' connections break.";

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.SyncDaemonMissing;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Of all together, and so once.
        if (context.Directors.Count < 2 || context.Director != context.Directors[0])
        {
            yield break;
        }

        List<(DeploymentHost Host, IReadOnlyList<LvsSyncDaemon> Daemons, bool IsActive)> directors = [];
        foreach (DeploymentHost director in context.Directors.Where(director => !context.Has(LvsDeploymentCause.IpvsMissing, director)))
        {
            bool holds = false;
            foreach (LvsAddress vip in context.Vips)
            {
                holds |= await director.IsLocalAsync(vip, cancellationToken).ConfigureAwait(false);
            }

            directors.Add((director, await director.GetSyncDaemonsAsync(cancellationToken).ConfigureAwait(false), holds));
        }

        LvsSyncDaemon[] all = [.. directors.SelectMany(each => each.Daemons)];
        if (all.Length == 0)
        {
            foreach ((DeploymentHost host, _, _) in directors)
            {
                yield return Passed(host, "directors exchange connections", "none of them does: connections end at a fail-over");
            }

            yield break;
        }

        foreach ((DeploymentHost host, IReadOnlyList<LvsSyncDaemon> daemons, bool isActive) in directors)
        {
            LvsSyncDaemon[] others = [.. directors.Where(each => each.Host != host).SelectMany(each => each.Daemons)];
            yield return daemons.Count == 0 && others.Length > 0
                ? Failed(host, "a sync daemon, as the other director has one", "there is none", Reason) with
                {
                    Remedy = Start(host, others.Any(daemon => daemon.Role == LvsSyncRole.Master) ? LvsSyncRole.Backup : LvsSyncRole.Master, others[0]),
                }
                : Passed(host, "a sync daemon, as the other director has one", string.Join(" and ", daemons.Select(Text)));
        }

        if (directors.Any(each => each.Daemons.Count == 0))
        {
            yield break;
        }

        foreach (LvsSyncRole missing in new[] { LvsSyncRole.Master, LvsSyncRole.Backup })
        {
            if (all.All(daemon => daemon.Role != missing))
            {
                // The one that holds the VIPs sends. Where that does not tell them apart, the first that was named does.
                bool wantsActive = missing == LvsSyncRole.Master;
                (DeploymentHost host, IReadOnlyList<LvsSyncDaemon> daemons, _) = directors.Count(each => each.IsActive) is 1 && directors.Any(each => each.IsActive == wantsActive)
                    ? directors.First(each => each.IsActive == wantsActive)
                    : wantsActive ? directors[0] : directors[^1];
                LvsSyncRole wrong = wantsActive ? LvsSyncRole.Backup : LvsSyncRole.Master;
                yield return Failed(
                    host, "one director sends connections, another listens", $"all {(wantsActive ? "listen (Backup)" : "send (Master)")}", Reason, LvsDeploymentCause.SyncRoles) with
                {
                    Remedy = LvsRemedy.On(host.Host, "Stop-LvsSyncDaemon", ("Role", wrong)) with
                    {
                        Then = Start(host, missing, directors.First(each => each.Host != host).Daemons[0]),
                    },
                };
                yield break;
            }
        }

        foreach ((DeploymentHost host, IReadOnlyList<LvsSyncDaemon> daemons, _) in directors)
        {
            LvsSyncDaemon[] masters = [.. directors.Where(each => each.Host != host).SelectMany(each => each.Daemons).Where(daemon => daemon.Role == LvsSyncRole.Master)];
            if (daemons.FirstOrDefault(daemon => daemon.Role == LvsSyncRole.Backup) is { } backup && masters.Length > 0)
            {
                yield return masters.Any(master => Hears(backup, master))
                    ? Passed(host, "it listens for what the other director sends", Text(backup), LvsDeploymentCause.SyncDiffers)
                    : Failed(
                        host,
                        $"it listens for what the other director sends: {Text(masters[0])}",
                        Text(backup),
                        Reason,
                        LvsDeploymentCause.SyncDiffers) with
                    {
                        Remedy = LvsRemedy.On(host.Host, "Stop-LvsSyncDaemon", ("Role", LvsSyncRole.Backup)) with
                        {
                            Then = Start(host, LvsSyncRole.Backup, masters[0] with { Interface = backup.Interface }),
                        },
                    };
            }
        }
    }

    private static bool Hears(LvsSyncDaemon backup, LvsSyncDaemon master) =>
        (backup.SyncId == 0 || backup.SyncId == master.SyncId) && Equals(backup.MulticastGroup, master.MulticastGroup) && backup.MulticastPort == master.MulticastPort;

    private static string Text(LvsSyncDaemon daemon) =>
        $"{daemon.Role} on {daemon.Interface}, sync id {daemon.SyncId}{(daemon.MulticastGroup is { } group ? $", {group} port {daemon.MulticastPort}" : string.Empty)}";

    // As the other one has it, on the link of the same name.
    private static LvsRemedy Start(DeploymentHost host, LvsSyncRole role, LvsSyncDaemon like) => LvsRemedy.On(
        host.Host,
        "Start-LvsSyncDaemon",
        [
            ("Role", role),
            ("Interface", like.Interface),
            ("SyncId", like.SyncId),
            .. like.MulticastGroup is { } group ? [("MulticastGroup", group)] : Array.Empty<(string, object)>(),
            .. like.MulticastPort is { } port ? [("MulticastPort", port)] : Array.Empty<(string, object)>(),
        ]);
}
