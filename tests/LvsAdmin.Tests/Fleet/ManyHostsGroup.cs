namespace LvsAdmin.Tests.Fleet;

/// <summary>Tests with very many hosts, one after another and beside no other test: they watch the process as a whole.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ManyHostsGroup
{
    public const string Name = "ManyHosts";
}
