namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>A probe was answered otherwise than it should be, or cannot be answered. Its message is what was found.</summary>
internal sealed class LvsProbeException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsProbeException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsProbeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsProbeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether nothing is known of the server: it cannot be asked in this way, for no fault of its own.</summary>
    internal bool IsNotChecked { get; init; }
}
