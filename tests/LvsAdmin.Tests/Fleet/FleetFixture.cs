using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Fleet;

/// <summary>The hosts of lab/fleet, and a hosted engine with the module.</summary>
public sealed class FleetFixture : IDisposable
{
    private readonly Lazy<Engine> _engine = new(() => new Engine());

    public FleetFixture() => Assert.SkipWhen(Environment.GetEnvironmentVariable("LVS_FLEET") is null, "this test needs the hosts of lab/fleet: lab/lab test runs it there");

    public Engine Engine => _engine.Value;

    /// <summary>A host as a user names it.</summary>
    internal static SshHost Host(string name, bool sudo = false, int seconds = 10) =>
        new(SshTarget.Parse(name) with { Sudo = sudo, ConnectingTimeout = TimeSpan.FromSeconds(seconds) });

    public void Dispose()
    {
        if (_engine.IsValueCreated)
        {
            _engine.Value.Dispose();
        }
    }
}
