namespace LvsAdmin.Core.Configuration;

/// <summary>A desired state cannot be applied, or not further.</summary>
public sealed class LvsSyncException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsSyncException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsSyncException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsSyncException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a kind.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">What, of which object, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public LvsSyncException(LvsSyncError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>The kind.</summary>
    public LvsSyncError Error { get; }
}
