using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A virtual IP of the director as a document describes it.</summary>
public sealed record DirectorVipSettings
{
    /// <summary>The virtual IP.</summary>
    public required LvsAddress Address { get; init; }

    /// <summary>The interface to hold it; null for the one on whose link it lies.</summary>
    public string? Interface { get; init; }

    /// <summary>The length of the prefix in bits; null for 32 or 128: this address alone.</summary>
    public int? PrefixLength { get; init; }

    /// <summary>The address, with what is said of it: <c>192.0.2.10/24 eth0</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Address}{(PrefixLength is { } length ? $"/{length}" : string.Empty)}{(Interface is null ? string.Empty : $" {Interface}")}");
}
