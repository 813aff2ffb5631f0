using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Configuration;

/// <summary>What operators hold on a director, remembered there.</summary>
public static class HoldStore
{
    /// <summary>Reads the holds of the host's network namespace.</summary>
    public static ValueTask<IReadOnlyList<LvsHold>> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<LvsHold>>([]);
    }
}
