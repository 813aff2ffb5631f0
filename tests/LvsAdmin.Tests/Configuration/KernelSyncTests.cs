using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Tests.Support;
using NamespaceThread = LvsAdmin.Tests.Support.NamespaceThread;

namespace LvsAdmin.Tests.Configuration;

/// <summary>The promises of <see cref="SyncSuite"/> of the real kernel.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class KernelSyncTests(KernelSyncTests.Director director) : SyncSuite, IClassFixture<KernelSyncTests.Director>
{
    private protected override ValueTask<ILvsHost> OpenAsync()
    {
        NamespaceThread.RequireIpvs();
        return ValueTask.FromResult<ILvsHost>(new LocalHost(director.Space!.Name));
    }

    private protected override int RandomTableCount => 25;

    /// <summary>One namespace for all.</summary>
    public sealed class Director : IDisposable
    {
        public Director() => Space = NamespaceThread.HasIpvs ? new NetworkNamespaceFixture() : null;

        internal NetworkNamespaceFixture? Space { get; }

        public void Dispose() => Space?.Dispose();
    }
}
