namespace LvsAdmin.Core.Network;

/// <summary>
/// One planned step on a host: what will change, from what, to what. Making a plan changes nothing; <see cref="HostPlan.ApplyAsync"/> carries it out.
/// </summary>
public sealed class HostChange
{
    internal HostChange(
        string target,
        string property,
        string? oldValue,
        string? newValue,
        Func<CancellationToken, ValueTask> apply,
        Func<CancellationToken, ValueTask> undo)
    {
        Target = target;
        Property = property;
        OldValue = oldValue;
        NewValue = newValue;
        Apply = apply;
        Undo = undo;
    }

    /// <summary>The object that changes, for people: <c>interface lo</c>, <c>net.ipv4.conf.all</c>.</summary>
    public string Target { get; }

    /// <summary>What of the object changes: <c>arp_ignore</c>, <c>address</c>, <c>state</c>.</summary>
    public string Property { get; }

    /// <summary>The value as it is; null when there is none.</summary>
    public string? OldValue { get; }

    /// <summary>The value as it will be; null when it is taken away.</summary>
    public string? NewValue { get; }

    /// <summary>The step in words of its own, such as the difference between two texts of a file; null where its parts tell it.</summary>
    internal string? Description { get; init; }

    /// <summary>Whether it changes only what LvsAdmin remembers of the host, and not the host itself.</summary>
    public bool IsNote { get; internal init; }

    /// <summary>Carries the step out; when it fails, it has changed nothing.</summary>
    internal Func<CancellationToken, ValueTask> Apply { get; }

    /// <summary>Takes the finished step back.</summary>
    internal Func<CancellationToken, ValueTask> Undo { get; }

    /// <summary>The step that is this one's way back, for those that do the same in both directions.</summary>
    internal HostChange Reversed() => new(Target, Property, NewValue, OldValue, Undo, Apply) { IsNote = IsNote };

    /// <summary>The step as a person would read it.</summary>
    public override string ToString() => Description ?? $"{Target}: {Property} {OldValue ?? "(none)"} -> {NewValue ?? "(none)"}";
}
