namespace LvsAdmin.Core.Configuration;

/// <summary>What went wrong with one object of a plan.</summary>
/// <param name="Identity">The object, as the plan names it.</param>
/// <param name="Failure">What happened.</param>
public sealed record LvsSyncFailure(string Identity, Exception Failure)
{
    /// <summary>The failure in words.</summary>
    public override string ToString() => $"{Identity}: {Failure.Message}";
}
