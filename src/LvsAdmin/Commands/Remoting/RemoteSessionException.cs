using System.Management.Automation;

namespace LvsAdmin.Commands.Remoting;

/// <summary>A session as a whole cannot do what is asked: it is not open, or the module in it is missing or too old.</summary>
internal sealed class RemoteSessionException(string id, ErrorCategory category, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The id of the error.</summary>
    internal string Id => id;

    /// <summary>Its category.</summary>
    internal ErrorCategory Category => category;
}
