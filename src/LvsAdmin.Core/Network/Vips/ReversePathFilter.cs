namespace LvsAdmin.Core.Network;

/// <summary>The levels of rp_filter (Documentation/networking/ip-sysctl.rst, RFC 3704).</summary>
internal enum ReversePathFilter
{
    /// <summary>Nothing is filtered.</summary>
    Off = 0,

    /// <summary>A packet is dropped unless the answer would leave by the interface on which it came.</summary>
    Strict = 1,

    /// <summary>A packet is dropped unless its sender can be reached by some interface.</summary>
    Loose = 2,
}
