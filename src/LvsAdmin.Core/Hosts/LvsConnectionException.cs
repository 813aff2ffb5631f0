namespace LvsAdmin.Core.Hosts;

/// <summary>The host as a whole could not be reached, or was lost: not one request failed, but all that was asked of it.</summary>
public sealed class LvsConnectionException : LvsHostException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsConnectionException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a kind.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">What happened, to which host, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public LvsConnectionException(LvsHostError error, string message, Exception? innerException = null)
        : base(error, message, innerException)
    {
    }
}
