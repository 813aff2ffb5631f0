using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace LvsAdmin.Commands.Jobs;

/// <summary>The host of a job's commands. What they show (-WhatIf) is kept for Receive-Job; what they ask, nobody is there to answer.</summary>
/// <param name="information">Takes what is shown.</param>
internal sealed class JobHost(PSDataCollection<InformationRecord> information) : PSHost
{
    /// <inheritdoc/>
    public override string Name => LvsJob.TypeName;

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(JobHost).Assembly.GetName().Version!;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override PSHostUserInterface UI { get; } = new UserInterface(information);

    /// <summary>A command's end is not the process's.</summary>
    public override void SetShouldExit(int exitCode)
    {
    }

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException();

    /// <summary>Nothing to do: no program shares a terminal here.</summary>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc cref="NotifyBeginApplication"/>
    public override void NotifyEndApplication()
    {
    }

    private sealed class UserInterface(PSDataCollection<InformationRecord> information) : PSHostUserInterface
    {
        // Receive-Job shows records with this tag as lines of the host.
        private const string HostTag = "PSHOST";

        /// <inheritdoc/>
        public override PSHostRawUserInterface? RawUI => null;

        /// <inheritdoc/>
        public override void Write(string value) => Keep(value, noNewLine: true);

        /// <inheritdoc/>
        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Keep(value, noNewLine: true);

        /// <inheritdoc/>
        public override void WriteLine(string value) => Keep(value, noNewLine: false);

        /// <inheritdoc/>
        public override void WriteErrorLine(string value) => Keep(value, noNewLine: false);

        /// <summary>Nothing: the message is in its stream.</summary>
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
        public override string ReadLine() => throw Nobody();

        /// <inheritdoc/>
        public override SecureString ReadLineAsSecureString() => throw Nobody();

        /// <inheritdoc/>
        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw Nobody();

        /// <inheritdoc/>
        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw Nobody();

        /// <inheritdoc/>
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw Nobody();

        /// <inheritdoc/>
        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw Nobody();

        private static HostException Nobody() => new("A job has nobody to ask: call the command with -Confirm:$false, or without -AsJob.");

        private void Keep(string text, bool noNewLine)
        {
            InformationRecord record = new(new HostInformationMessage { Message = text, NoNewLine = noNewLine }, LvsJob.TypeName);
            record.Tags.Add(HostTag);
            information.Add(record);
        }
    }
}
