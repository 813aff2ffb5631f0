namespace LvsAdmin.Core.Hosts;

/// <summary>A host could not do what it was asked.</summary>
public class LvsHostException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsHostException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsHostException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsHostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a kind.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">What happened, to which object, and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public LvsHostException(LvsHostError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>The kind of trouble.</summary>
    public LvsHostError Error { get; }
}
