using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>A real server on its way back to its weight, step by step.</summary>
/// <param name="host">The director.</param>
/// <param name="server">The server as it was when it was chosen.</param>
/// <param name="hold">How it is held. It stays held until the last step, so that what is left half-way is known and can be finished.</param>
/// <param name="target">The weight to come to.</param>
internal sealed class RampUp(HostReference host, LvsRealServer server, LvsHold hold, int target)
{
    /// <summary>The director.</summary>
    internal HostReference Host => host;

    /// <summary>The service.</summary>
    internal LvsServiceId VirtualService => server.VirtualService;

    /// <summary>Which server.</summary>
    internal LvsServerId RealServer => server.RealServer;

    /// <summary>How it is held.</summary>
    internal LvsHold Hold { get; set; } = hold;

    /// <summary>The weight to come to.</summary>
    internal int Target => target;

    /// <summary>The weight that it should have now: another one is somebody else's.</summary>
    internal int Weight { get; set; } = server.Weight;

    /// <summary>Whether its way has ended, at its weight or in an error.</summary>
    internal bool IsOver { get; set; }

    /// <summary>The weight after a step: an equal part of the way more each time, from 1 on, and never less than it has.</summary>
    internal int After(int step, int steps) => Math.Max(Math.Min(Weight, target), (int)Math.Max(Math.Min(1, target), (long)target * step / steps));
}
