namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>What came from the other end is no reply of ours. It ends the connection; whoever waits is told by an <see cref="LvsConnectionException"/>.</summary>
/// <param name="message">What came, as the end of a sentence.</param>
internal sealed class ShellFormatException(string message) : Exception(message);
