namespace LvsAdmin.Core.Network;

/// <summary>Something that keeps a real server busy, for ever or for long, although it is to be drained.</summary>
/// <param name="Cause">What it is: <c>WeightNotZero</c>, <c>PersistenceTemplates</c>, <c>Udp</c> or <c>ConnectionReuse</c>.</param>
/// <param name="Message">What it does, in a sentence.</param>
/// <param name="Remedy">The line that ends it.</param>
public sealed record LvsDrainObstacle(string Cause, string Message, string Remedy)
{
    /// <summary>The obstacle as a person would read it.</summary>
    public override string ToString() => $"{Message} To end it: {Remedy}";
}
