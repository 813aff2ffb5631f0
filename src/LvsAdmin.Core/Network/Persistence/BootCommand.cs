namespace LvsAdmin.Core.Network;

/// <summary>A command that brings a part of VIPs back, or takes it away: a program and its arguments, none of which a shell or systemd reads otherwise than it stands there.</summary>
/// <param name="MayFail">Whether a failure says only that it is as wanted already.</param>
/// <param name="Words">The program's name and the arguments.</param>
internal sealed record BootCommand(bool MayFail, params string[] Words)
{
    /// <summary>As one line.</summary>
    public override string ToString() => string.Join(' ', Words);

    /// <inheritdoc/>
    public bool Equals(BootCommand? other) => other is not null && MayFail == other.MayFail && Words.SequenceEqual(other.Words);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
