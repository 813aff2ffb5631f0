using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace LvsAdmin.Commands.Remoting;

/// <summary>
/// The local host as a session's commands see it: what they show and ask gets here in turn with their results, on the pipeline's thread, so that the
/// questions of several sessions do not mix.
/// </summary>
internal sealed class RemoteHost(PSHost host, RemoteInvocation invocation, CancellationToken cancellationToken) : PSHost
{
    /// <inheritdoc/>
    public override string Name => host.Name;

    /// <inheritdoc/>
    public override Version Version => host.Version;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => host.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => host.CurrentUICulture;

    /// <inheritdoc/>
    public override PSHostUserInterface? UI { get; } = host.UI is { } ui ? new UserInterface(ui, invocation, cancellationToken) : null;

    /// <summary>A session's end is not ours.</summary>
    public override void SetShouldExit(int exitCode)
    {
    }

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException();

    /// <summary>Nothing to do: no program of a session shares our terminal.</summary>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc cref="NotifyBeginApplication"/>
    public override void NotifyEndApplication()
    {
    }

    private sealed class UserInterface(PSHostUserInterface ui, RemoteInvocation invocation, CancellationToken cancellationToken) : PSHostUserInterface
    {
        /// <inheritdoc/>
        public override PSHostRawUserInterface RawUI => ui.RawUI;

        /// <inheritdoc/>
        public override void Write(string value) => Show(value, ui.Write);

        /// <inheritdoc/>
        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
            Show(value, text => ui.Write(foregroundColor, backgroundColor, text));

        /// <inheritdoc/>
        public override void WriteLine(string value) => Show(value, ui.WriteLine);

        /// <inheritdoc/>
        public override void WriteErrorLine(string value) => Show(value, ui.WriteErrorLine);

        /// <summary>Nothing: the message comes as a stream too, which the cmdlet writes.</summary>
        public override void WriteDebugLine(string message)
        {
        }

        /// <inheritdoc cref="WriteDebugLine"/>
        public override void WriteVerboseLine(string message)
        {
        }

        /// <inheritdoc cref="WriteDebugLine"/>
        public override void WriteWarningLine(string message)
        {
        }

        /// <inheritdoc cref="WriteDebugLine"/>
        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        /// <inheritdoc/>
        public override string ReadLine() => Ask(ui.ReadLine);

        /// <inheritdoc/>
        public override SecureString ReadLineAsSecureString() => Ask(ui.ReadLineAsSecureString);

        /// <inheritdoc/>
        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            Ask(() => ui.Prompt(caption, invocation.Localise(message), descriptions));

        /// <inheritdoc/>
        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
            Ask(() => ui.PromptForChoice(caption, invocation.Localise(message), choices, defaultChoice));

        /// <inheritdoc/>
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            Ask(() => ui.PromptForCredential(caption, message, userName, targetName));

        /// <inheritdoc/>
        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
            Ask(() => ui.PromptForCredential(caption, message, userName, targetName, allowedCredentialTypes, options));

        private void Show(string text, Action<string> write) => invocation.Post(() => write(invocation.Localise(text)));

        // Called by the session's own reading thread, which has nothing else to do until there is an answer.
        private T Ask<T>(Func<T> question)
        {
            TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            invocation.Post(() =>
            {
                try
                {
                    answer.TrySetResult(question());
                }
                catch (Exception exception)
                {
                    answer.TrySetException(exception);
                    throw;
                }
            });
            return answer.Task.WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
    }
}
