namespace LvsAdmin.Core.Hosts;

/// <summary>Shorter ways to what hosts do.</summary>
public static class LvsHostExtensions
{
    /// <summary>Writes a small text file whole, with the permissions that it has, or 0644 when it is new.</summary>
    /// <inheritdoc cref="ILvsHost.WriteFileAsync"/>
    public static ValueTask WriteFileAsync(this ILvsHost host, string path, string content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.WriteFileAsync(path, content, null, cancellationToken);
    }
}
