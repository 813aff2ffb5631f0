namespace LvsAdmin.Core.Ipvs;

/// <summary>One change of a director's table, as part of a batch (<see cref="IpvsClient.ApplyAsync"/>).</summary>
public abstract record IpvsChange
{
    private IpvsChange()
    {
    }

    /// <summary>Makes a service.</summary>
    /// <param name="Settings">Its settings.</param>
    public sealed record AddService(VirtualServiceSettings Settings) : IpvsChange;

    /// <summary>Changes a service.</summary>
    /// <param name="Current">The service as it was read, with what this version does not know of it.</param>
    /// <param name="Desired">Its settings, all of them.</param>
    public sealed record SetService(LvsVirtualService Current, VirtualServiceSettings Desired) : IpvsChange;

    /// <summary>Removes a service.</summary>
    /// <param name="Service">Which.</param>
    public sealed record RemoveService(LvsServiceId Service) : IpvsChange;

    /// <summary>Adds a real server.</summary>
    /// <param name="Service">To which service.</param>
    /// <param name="Settings">Its settings.</param>
    public sealed record AddRealServer(LvsServiceId Service, RealServerSettings Settings) : IpvsChange;

    /// <summary>Changes a real server.</summary>
    /// <param name="Current">The server as it was read, with what this version does not know of it.</param>
    /// <param name="Desired">Its settings, all of them.</param>
    public sealed record SetRealServer(LvsRealServer Current, RealServerSettings Desired) : IpvsChange;

    /// <summary>Removes a real server.</summary>
    /// <param name="Service">From which service.</param>
    /// <param name="Server">Which.</param>
    public sealed record RemoveRealServer(LvsServiceId Service, LvsServerId Server) : IpvsChange;
}
