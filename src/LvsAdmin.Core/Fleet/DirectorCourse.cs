using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>
/// A roll-out over directors: never two of a pair at once, a standby before the active one, and an active one only when another of its pair holds its virtual IPs by then.
/// After the work a director has to have its table again, as it was before or as its pair has it now, and the virtual IPs have to be held by somebody. Marks on the directors keep
/// two roll-outs from taking out two of a pair (<see cref="RolloutMarks"/>).
/// </summary>
public sealed class DirectorCourse : RolloutCourse
{
    private readonly List<Member> _members = [];
    private readonly RolloutOptions _options;
    private readonly IRolloutWork _work;

    /// <summary>Takes directors.</summary>
    /// <param name="directors">All of them, read (<see cref="RolloutDirector.ReadFactsAsync"/>).</param>
    /// <param name="options">How the roll-out goes on.</param>
    /// <param name="work">Runs the user's scripts, and shows what happens.</param>
    /// <exception cref="LvsRolloutException">One has no services: nothing tells which others stand in for it, nor what its table has to be (DirectorEmpty).</exception>
    public DirectorCourse(IReadOnlyList<RolloutDirector> directors, RolloutOptions options, IRolloutWork work)
    {
        ArgumentNullException.ThrowIfNull(directors);
        _work = work;
        if (directors.FirstOrDefault(director => director.Facts!.Services.Count == 0) is { } empty)
        {
            throw new LvsRolloutException(
                "DirectorEmpty",
                $"{empty.Name} has no virtual services: nothing tells of which pair it is, nor what it is to be like after the work. Give it its table (Sync-LvsConfiguration, Restore-LvsTable), or leave it out. Nothing was begun.");
        }

        _options = options with { By = RolloutOwner.New(options.By) };
        int[] pairs = DirectorPairs.Group([.. directors.Select(director => director.Facts!)]);
        for (int index = 0; index < directors.Count; index++)
        {
            int pair = pairs[index];
            RolloutDirector[] all = [.. directors.Where((_, other) => pairs[other] == pair)];
            DirectorFacts facts = directors[index].Facts!;
            LvsRolloutTarget target = new()
            {
                HostName = facts.HostName,
                NetworkNamespace = facts.NetworkNamespace,
                Addresses = [],
                VirtualServices = [.. facts.Services.Keys.Order()],
                Peers = [.. all.Where(other => other != directors[index]).Select(other => new LvsRolloutPeer(other.Facts!.HostName, other.Facts.NetworkNamespace))],
                HeldVips = [.. all.SelectMany(each => each.Facts!.Vips).Distinct().Where(facts.Addresses.Contains).Order()],
            };
            _members.Add(new Member(directors[index], pair, all.SelectMany(each => each.Facts!.Vips).ToHashSet(), target));
        }
    }

    /// <summary>The directors as scripts see them, in their order.</summary>
    public IReadOnlyList<LvsRolloutTarget> Targets => [.. _members.Select(member => member.Target)];

    /// <inheritdoc/>
    internal override bool HasCheck => true;

    /// <inheritdoc/>
    internal override async ValueTask<string?> RefreshAsync(CancellationToken cancellationToken)
    {
        // One that cannot be read stands in for nobody; the other pairs have nothing to do with it.
        await Task.WhenAll(_members.Select(member => ReadAsync(member, cancellationToken))).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<LvsRolloutTarget> Next(IReadOnlyList<LvsRolloutTarget> remaining, int size) =>
    [
        .. DirectorPairs.Next([.. remaining.Select(Of)], size, member => member.Pair, IsStandby, member => PeersOf(member).Count(peer => WhyNoSubstitute(peer, member) is null) >= MinimumOf(member))
            .Select(member => member.Target),
    ];

    /// <inheritdoc/>
    internal override string ObstacleOf(IReadOnlyList<LvsRolloutTarget> refused)
    {
        // One that only waits for its standby is not the reason.
        Member member = refused.Select(Of).OrderBy(each => IsStandby(each) ? 0 : 1).First();
        Member[] peers = [.. PeersOf(member)];
        string[] unable = [.. peers.Select(peer => WhyNoSubstitute(peer, member) is { } why ? $"{peer.Target}: {why}" : null).OfType<string>()];
        string others = peers.Length == 0
            ? "none of the other directors has a service of it"
            : string.Create(CultureInfo.InvariantCulture, $"{peers.Length - unable.Length} of the {peers.Length} others of its pair can{(unable.Length == 0 ? string.Empty : $" ({string.Join("; ", unable)})")}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{member.Target} cannot be taken out: at least {MinimumOf(member)} other {(MinimumOf(member) == 1 ? "director has" : "directors have")} to be able to stand in for it, and {others}. Name all directors of the pair (-Director) and mend what is wrong, or lower the minimum (-MinimumAvailable {peers.Length - unable.Length}) if this is meant.");
    }

    /// <inheritdoc/>
    internal override RolloutHost Begin(LvsRolloutTarget target, int batch)
    {
        Member member = Of(target);
        member.Held = [.. _members.Where(each => each.Pair == member.Pair && each.Now is not null).SelectMany(each => member.Vips.Where(each.Now!.Addresses.Contains))];
        member.Table = member.Now?.Table ?? member.Table;
        return new RolloutHost(target with { HeldVips = HeldBy(member) }, batch, [], _options.Time) { Origin = target };
    }

    /// <inheritdoc/>
    internal override async ValueTask TakeOutAsync(RolloutHost host, Func<ValueTask> showAsync, CancellationToken stop)
    {
        Member member = Of(host.Origin!);
        await showAsync().ConfigureAwait(false);
        await ClaimAsync(host, member, stop).ConfigureAwait(false);
        await ReadPairAsync(member, stop).ConfigureAwait(false);
        if (member.Now is null)
        {
            throw new LvsRolloutException($"it cannot be read: {member.Trouble}");
        }

        LvsAddress[] held = HeldBy(member);
        if (IsStandby(member))
        {
            return;
        }

        if (_work.HasEvacuation)
        {
            await RolloutRetry.RunAsync(() => _work.EvacuateAsync(host.Target, stop), host.Target, _work, _options, stop).ConfigureAwait(false);
        }

        long began = _options.Time.GetTimestamp();
        while (true)
        {
            await ReadPairAsync(member, stop).ConfigureAwait(false);
            if (WhyInService(member, held) is not { } why)
            {
                return;
            }

            TimeSpan left = _options.DrainTimeout - _options.Time.GetElapsedTime(began);
            if (!_work.HasEvacuation || left <= TimeSpan.Zero)
            {
                await RefuseAsync(host, why).ConfigureAwait(false);
                return;
            }

            host.Detail = why;
            await showAsync().ConfigureAwait(false);
            await Task.Delay(left < CheckPause ? left : CheckPause, _options.Time, stop).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    internal override async ValueTask<string?> CheckAsync(RolloutHost host, CancellationToken cancellationToken)
    {
        Member member = Of(host.Origin!);
        await ReadPairAsync(member, cancellationToken).ConfigureAwait(false);
        return member.Now is null ? $"it cannot be read: {member.Trouble}" : WhyNoTable(member) ?? WhyNoVip(member);
    }

    /// <inheritdoc/>
    internal override async ValueTask GiveBackAsync(RolloutHost host, CancellationToken stop) => await UnclaimAsync(Of(host.Origin!), stop).ConfigureAwait(false);

    /// <inheritdoc/>
    internal override async ValueTask<string> LeaveAsync(RolloutHost host, string why, CancellationToken end)
    {
        Member member = Of(host.Origin!);
        member.HasFailed = host.IsTouched;
        try
        {
            await ReadPairAsync(member, end).ConfigureAwait(false);
            await UnclaimAsync(member, end).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What was known before is told.
        }

        IEnumerable<string> places = member.Held.Distinct().Order().Select(vip => HoldersOf(member, vip) is { Length: > 0 } holders ? $"{vip} is held by {string.Join(" and ", holders)}." : $"{vip} is held by none of its pair!");
        return $"{(host.IsTouched ? "Nobody knows what it is like: keep the virtual IPs away from it until it is mended." : "Its script was not begun.")} {string.Join(' ', places)}".TrimEnd();
    }

    /// <inheritdoc/>
    internal override void End() => RolloutOwner.End(_options.By);

    private Member Of(LvsRolloutTarget target) => _members.First(member => ReferenceEquals(member.Target, target));

    private IEnumerable<Member> PeersOf(Member member) => _members.Where(other => other.Pair == member.Pair && other != member);

    private int MinimumOf(Member member) => _options.MinimumAvailable.AtLeast(PeersOf(member).Count() + 1);

    // One that cannot be read is worked on first, which fails at once: nothing tells that it is active.
    private static bool IsStandby(Member member) => member.Now is null || DirectorPairs.IsStandby(member.Now, member.Vips);

    private static LvsAddress[] HeldBy(Member member) => member.Now is null ? [] : [.. member.Vips.Where(member.Now.Addresses.Contains).Order()];

    private string[] HoldersOf(Member member, LvsAddress vip) =>
        [.. _members.Where(each => each.Pair == member.Pair && each.Now?.Addresses.Contains(vip) == true).Select(each => $"{each.Target}")];

    // Of two roll-outs that begin at the same moment each puts its marks before it looks: at least one of them sees the other.
    private async ValueTask ClaimAsync(RolloutHost host, Member member, CancellationToken stop)
    {
        RolloutMark mark = new($"{member.Target}", _options.By, _options.Time.GetUtcNow());
        await OnPairAsync<object?>(member, async (on, token) =>
        {
            await RolloutMarks.AddAsync(on, mark, token).ConfigureAwait(false);
            return null;
        }, stop).ConfigureAwait(false);
        IReadOnlyList<RolloutMark>?[] others = await OnPairAsync(member, (on, token) => RolloutMarks.OthersAsync(on, _options.By, token), stop).ConfigureAwait(false);
        if (others.SelectMany(marks => marks ?? []).FirstOrDefault() is not { } other)
        {
            return;
        }

        string why = $"another roll-out is at work in its pair: {RolloutMarks.Describe(other)}";
        if (!_options.Force)
        {
            throw new LvsRolloutException("RolloutAtWork", $"{why}. Wait for it; if it was killed on another machine, -Force goes on from there");
        }

        await _work.WarnAsync($"{host.Target}: {why}. Because of -Force it is worked on nevertheless.").ConfigureAwait(false);
    }

    private async ValueTask UnclaimAsync(Member member, CancellationToken stop)
    {
        try
        {
            await OnPairAsync<object?>(member, async (on, token) =>
            {
                await RolloutMarks.RemoveAsync(on, _options.By, token).ConfigureAwait(false);
                return null;
            }, stop).ConfigureAwait(false);
        }
        catch (Exception kept) when (IsExpected(kept))
        {
            // A mark that stays is known to be nobody's when this roll-out has ended.
        }
    }

    // One that is not reached stands in for nobody, and nothing is known of it.
    private Task<T?[]> OnPairAsync<T>(Member member, Func<ILvsHost, CancellationToken, ValueTask<T>> work, CancellationToken stop)
        where T : class? => Task.WhenAll(_members.Where(each => each.Pair == member.Pair && each.Now is not null).Select(async each =>
        {
            try
            {
                return await each.Director.UseAsync((host, _, token) => work(host, token), _options, stop).ConfigureAwait(false);
            }
            catch (LvsConnectionException)
            {
                return null;
            }
        }));

    private async ValueTask RefuseAsync(RolloutHost host, string why)
    {
        if (!_options.Force)
        {
            throw new LvsRolloutException(
                "DirectorInService",
                $"{why}. {(_work.HasEvacuation ? "-Evacuate did not move that in time (-DrainTimeout)" : "Move that before, by -Evacuate: a script block with the director as $_, which fails over or lowers the priority of VRRP")}; -Force works on a director that is in service.");
        }

        await _work.WarnAsync($"{host.Target}: {why}. Because of -Force it is worked on nevertheless: its clients may notice.").ConfigureAwait(false);
    }

    // Why a director is in service now; null when it is not, and who asked it is served by another one.
    private string? WhyInService(Member member, LvsAddress[] held)
    {
        LvsAddress[] still = HeldBy(member);
        if (member.Now is null)
        {
            return $"it cannot be read: {member.Trouble}";
        }

        if (still.Length > 0)
        {
            return $"it holds {string.Join(", ", still)}";
        }

        if (held.FirstOrDefault(vip => HoldersOf(member, vip).Length == 0) is { Family: not 0 } lost)
        {
            return $"no other director of its pair holds {lost}";
        }

        return IsStandby(member) ? null : "its services have no virtual IP that could tell whether it serves clients, and its sync daemon is no Backup";
    }

    private string? WhyNoTable(Member member)
    {
        IReadOnlyList<string> table = member.Now!.Table;
        if (table.SequenceEqual(member.Table) || (table.Count > 0 && PeersOf(member).Any(peer => peer is { Now: not null, HasFailed: false } && table.SequenceEqual(peer.Now.Table))))
        {
            return null;
        }

        string[] lacking = [.. member.Table.Except(table)];
        string what = table.Count == 0 ? "its table is empty"
            : lacking.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"its table lacks {lacking.Length} of {member.Table.Count} lines, such as '{lacking[0]}'")
            : $"its table has what was not there before, such as '{table.Except(member.Table).FirstOrDefault()}'";
        return $"{what}: it was another one before the work, and its pair has another one too (Sync-LvsConfiguration gives it the wanted one)";
    }

    private string? WhyNoVip(Member member)
    {
        foreach (IGrouping<LvsAddress, LvsAddress> before in member.Held.GroupBy(vip => vip))
        {
            string[] holders = HoldersOf(member, before.Key);
            if (holders.Length == 0)
            {
                return $"no director of its pair holds {before.Key}";
            }

            if (holders.Length > 1 && before.Count() == 1)
            {
                return $"{string.Join(" and ", holders)} hold {before.Key}, and one of them did before";
            }
        }

        return null;
    }

    private static string? WhyNoSubstitute(Member peer, Member member) =>
        peer.HasFailed ? "it failed in this roll-out"
        : peer.Now is null ? $"it cannot be read: {peer.Trouble}"
        : member.Now?.Services.Where(each => !peer.Now.Services.TryGetValue(each.Key, out bool takes) || (each.Value && !takes)).Select(each => each.Key).FirstOrDefault() is { } missing
            ? peer.Now.Services.ContainsKey(missing) ? $"no real server of its {missing} takes new connections" : $"it has no {missing}"
        : null;

    private Task ReadPairAsync(Member member, CancellationToken cancellationToken) =>
        Task.WhenAll(_members.Where(each => each.Pair == member.Pair).Select(each => ReadAsync(each, cancellationToken)));

    private async Task ReadAsync(Member member, CancellationToken cancellationToken)
    {
        try
        {
            await member.Director.ReadFactsAsync(_options, cancellationToken).ConfigureAwait(false);
            (member.Now, member.Trouble) = (member.Director.Facts, string.Empty);
        }
        catch (Exception lost) when (IsExpected(lost))
        {
            (member.Now, member.Trouble) = (null, lost.Message);
        }
    }

    /// <summary>A director of the roll-out.</summary>
    /// <param name="director">The director.</param>
    /// <param name="pair">The number of its pair.</param>
    /// <param name="vips">The virtual IPs of its pair's services.</param>
    /// <param name="target">As scripts see it.</param>
    private sealed class Member(RolloutDirector director, int pair, IReadOnlySet<LvsAddress> vips, LvsRolloutTarget target)
    {
        internal RolloutDirector Director => director;

        internal int Pair => pair;

        internal IReadOnlySet<LvsAddress> Vips => vips;

        internal LvsRolloutTarget Target => target;

        /// <summary>As it was read last; null when it could not be.</summary>
        internal DirectorFacts? Now { get; set; } = director.Facts;

        /// <summary>Why it could not be read.</summary>
        internal string Trouble { get; set; } = string.Empty;

        /// <summary>Its table before the work.</summary>
        internal IReadOnlyList<string> Table { get; set; } = director.Facts!.Table;

        /// <summary>The virtual IPs that were held in its pair before the work, each as often as there were holders.</summary>
        internal IReadOnlyList<LvsAddress> Held { get; set; } = [];

        /// <summary>Whether it failed after its script was begun: nobody knows what it is like.</summary>
        internal bool HasFailed { get; set; }
    }
}
