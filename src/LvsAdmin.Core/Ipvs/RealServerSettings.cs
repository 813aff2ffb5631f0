namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// What an administrator asks of a real server. What the kernel reports is an <see cref="LvsRealServer"/>; only settings are compared with settings.
/// </summary>
public sealed record RealServerSettings
{
    /// <summary>The greatest weight and the greatest threshold: the kernel keeps them in 32 bits with a sign.</summary>
    public const int MaximumWeight = int.MaxValue;

    /// <summary>Which real server. Its port must be set (see <see cref="LvsServerId.Within"/>).</summary>
    public required LvsServerId RealServer { get; init; }

    /// <summary>How packets reach it. ipvsadm's default is direct routing; ours too.</summary>
    public LvsForwardingMethod Forwarding { get; init; } = LvsForwardingMethod.DirectRouting;

    /// <summary>Its share of new connections, 0 to <see cref="MaximumWeight"/>; 0 takes no new ones (quiesced).</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The count of connections at which it gets no new ones; 0 for no limit.</summary>
    public uint UpperThreshold { get; init; }

    /// <summary>The count of connections under which it gets new ones again; 0 for three quarters of the upper threshold.</summary>
    public uint LowerThreshold { get; init; }

    /// <summary>What tunnelled packets are wrapped in.</summary>
    public LvsTunnelType TunnelType { get; init; }

    /// <summary>The UDP port on which the real server receives GUE; 0 otherwise.</summary>
    public ushort TunnelPort { get; init; }

    /// <summary>The checksum of a GUE or GRE tunnel.</summary>
    public LvsTunnelChecksum TunnelChecksum { get; init; }
}
