using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>One step of a plan.</summary>
/// <param name="Text">What it does, for people.</param>
internal abstract record PlanStep(string Text)
{
    /// <summary>A change of the table, and what takes it back.</summary>
    /// <param name="Text">What it does.</param>
    /// <param name="Change">The change.</param>
    /// <param name="Undo">What takes it back, in order.</param>
    internal sealed record Table(string Text, IpvsChange Change, IReadOnlyList<IpvsChange> Undo) : PlanStep(Text)
    {
        /// <summary>Whether the object is on its way out, so that it is just as well when somebody else has removed it.</summary>
        internal bool MayBeGone { get; init; }
    }

    /// <summary>The wait for the connections of servers that take no new ones any more.</summary>
    /// <param name="Text">What it does.</param>
    /// <param name="Service">Their service, as it was when the plan was made.</param>
    /// <param name="Servers">The servers.</param>
    internal sealed record Drain(string Text, LvsVirtualService Service, IReadOnlyList<LvsServerId> Servers) : PlanStep(Text);

    /// <summary>Changes of the director's own files and interfaces: all of them or none.</summary>
    /// <param name="Text">What it does.</param>
    /// <param name="Changes">The changes.</param>
    internal sealed record Host(string Text, IReadOnlyList<HostChange> Changes) : PlanStep(Text);

    /// <summary>A change of IPVS that is none of its table.</summary>
    /// <param name="Text">What it does.</param>
    /// <param name="Apply">Does it.</param>
    /// <param name="Undo">Takes it back.</param>
    internal sealed record Call(
        string Text, Func<IpvsClient, CancellationToken, ValueTask> Apply, Func<IpvsClient, CancellationToken, ValueTask> Undo) : PlanStep(Text);
}
