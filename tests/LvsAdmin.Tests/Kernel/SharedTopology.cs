namespace LvsAdmin.Tests.Kernel;

/// <summary>The tests that share the lab's network.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedTopology : ICollectionFixture<Topology>
{
    public const string Name = "topology";
}
