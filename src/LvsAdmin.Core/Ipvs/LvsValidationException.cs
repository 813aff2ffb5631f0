namespace LvsAdmin.Core.Ipvs;

/// <summary>A value, or a combination of values, is refused before the kernel is asked: it would refuse without a reason, or accept in silence what cannot work.</summary>
public sealed class LvsValidationException : ArgumentException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsValidationException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsValidationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsValidationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a rule.</summary>
    /// <param name="id">The stable name of the rule.</param>
    /// <param name="message">What is wrong with which object, and what to do about it.</param>
    public LvsValidationException(string id, string message)
        : base(message) => Id = id;

    /// <summary>The stable name of the rule, such as <c>ThresholdsCrossed</c>. It is the error id of the cmdlets.</summary>
    public string Id { get; } = "InvalidValue";
}
