namespace LvsAdmin.Tests.Fleet;

/// <summary>Tests on the hosts of lab/fleet, one after another: some of them measure time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FleetGroup : ICollectionFixture<FleetFixture>
{
    public const string Name = "Fleet";
}
