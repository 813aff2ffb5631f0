namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>A connection could not be made. Not for users: whoever connects decides whether to try again, and tells them.</summary>
/// <param name="failure">Why.</param>
internal sealed class SshConnectingException(SshFailure failure) : Exception(failure.Message)
{
    /// <summary>Why.</summary>
    internal SshFailure Failure => failure;
}
