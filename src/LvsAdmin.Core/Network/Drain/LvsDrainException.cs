namespace LvsAdmin.Core.Network;

/// <summary>A real server was not drained when the time for it was over, or its return was disturbed.</summary>
public sealed class LvsDrainException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsDrainException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsDrainException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsDrainException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a server that is not drained.</summary>
    /// <param name="message">What remains, from which clients, and what to do about it.</param>
    /// <param name="status">What remains.</param>
    public LvsDrainException(string message, LvsDrainStatus status)
        : base(message) => Status = status;

    /// <summary>What remains on the server when the time was over (DrainTimeout); null for one whose return was disturbed (RampUpDisturbed).</summary>
    public LvsDrainStatus? Status { get; }
}
