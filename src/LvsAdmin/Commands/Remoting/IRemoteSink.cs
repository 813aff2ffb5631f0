using System.Management.Automation;

namespace LvsAdmin.Commands.Remoting;

/// <summary>Takes what comes from sessions to where the pipeline takes it: its own thread.</summary>
internal interface IRemoteSink
{
    /// <summary>Does something with the local cmdlet on the pipeline's thread.</summary>
    /// <param name="action">What to do: to write an object, an error, a message; to ask.</param>
    ValueTask InvokeAsync(Action<PSCmdlet> action);
}
