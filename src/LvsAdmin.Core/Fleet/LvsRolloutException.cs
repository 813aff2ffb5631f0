namespace LvsAdmin.Core.Fleet;

/// <summary>A roll-out cannot begin, cannot go on, or failed on a host.</summary>
public sealed class LvsRolloutException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsRolloutException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsRolloutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsRolloutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a kind.</summary>
    /// <param name="id">The stable name of what happened, such as <c>RolloutStopped</c>. It is the error id of the cmdlet.</param>
    /// <param name="message">What happened, and in what state the farm is.</param>
    /// <param name="innerException">The cause.</param>
    public LvsRolloutException(string id, string message, Exception? innerException = null)
        : base(message, innerException) => Id = id;

    /// <summary>The stable name of what happened.</summary>
    public string Id { get; } = "RolloutHostFailed";
}
