namespace LvsAdmin.Core.Ipvs;

/// <summary>What counters belong to.</summary>
public enum LvsStatisticsScope
{
    /// <summary>The whole director.</summary>
    Director,

    /// <summary>A virtual service.</summary>
    VirtualService,

    /// <summary>A real server of a virtual service.</summary>
    RealServer,
}
