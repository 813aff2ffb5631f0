namespace LvsAdmin.Tests.Remoting;

[CollectionDefinition(Name)]
public sealed class SessionGroup : ICollectionFixture<SessionFixture>
{
    public const string Name = "Sessions";
}
