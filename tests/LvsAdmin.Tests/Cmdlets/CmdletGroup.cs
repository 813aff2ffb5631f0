namespace LvsAdmin.Tests.Cmdlets;

[CollectionDefinition(Name)]
public sealed class CmdletGroup : ICollectionFixture<CmdletFixture>
{
    public const string Name = "Cmdlets";
}
