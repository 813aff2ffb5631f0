using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace LvsAdmin.Hosting;

/// <summary>Writes what commands show to one writer, and takes the answers to their questions from a queue or a reader.</summary>
public sealed class EngineUserInterface : PSHostUserInterface
{
    private readonly EngineRawUserInterface _raw = new();
    private readonly Queue<string> _answers = new();

    public EngineUserInterface(TextWriter writer)
    {
        Writer = writer;
    }

    /// <summary>Where everything that is shown goes. Set to another writer, later text goes there.</summary>
    public TextWriter Writer { get; set; }

    /// <summary>Asked for a line when no scripted answer is left; null where nobody is there to answer.</summary>
    public Func<string?>? Reader { get; init; }

    /// <summary>Answers to come, in order: the letter or the label of a choice, or a whole line.</summary>
    public Queue<string> Answers => _answers;

    public int Width
    {
        get => _raw.Width;
        set => _raw.Width = value;
    }

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal => false;

    /// <summary>Whether an error was shown since this was last set to false.</summary>
    public bool ErrorShown { get; set; }

    public override void Write(string value) => Writer.Write(Plain(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Writer.WriteLine(Plain(value));

    public override void WriteErrorLine(string value)
    {
        ErrorShown = true;
        WriteLine(value);
    }

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    /// <summary>Not shown: a bar that is drawn over itself has no place in lines of text.</summary>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override string ReadLine() => Answer("a line");

    public override SecureString ReadLineAsSecureString()
    {
        var secure = new SecureString();
        foreach (var character in Answer("a secret"))
        {
            secure.AppendChar(character);
        }

        secure.MakeReadOnly();
        return secure;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        var values = new Dictionary<string, PSObject>();
        foreach (var description in descriptions)
        {
            Writer.Write(description.Name + ": ");
            values[description.Name] = PSObject.AsPSObject(Answer($"the value of {description.Name}"));
        }

        return values;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Writer.WriteLine();
        Writer.WriteLine(caption);
        Writer.WriteLine(message);
        var labels = choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal)).ToArray();
        var keys = choices.Select(HotKey).ToArray();
        while (true)
        {
            Writer.Write(string.Join("  ", keys.Zip(labels, (key, label) => $"[{key}] {label}")) + ": ");
            var answer = Answer(caption).Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            var index = Array.FindIndex(keys, key => key.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                index = Array.FindIndex(labels, label => label.Equals(answer, StringComparison.OrdinalIgnoreCase));
            }

            if (index >= 0)
            {
                return index;
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("This host asks for no credentials.");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        throw new NotSupportedException("This host asks for no credentials.");

    /// <summary>Views carry colours; the host is whom PowerShell leaves it to take them off.</summary>
    private static string Plain(string value) => GetOutputString(value, supportsVirtualTerminal: false);

    private static string HotKey(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    private string Answer(string question)
    {
        if (_answers.TryDequeue(out var scripted))
        {
            Writer.WriteLine(scripted);
            return scripted;
        }

        // An unforeseen question ends the command: it must not hang, and must not be taken as a yes.
        return Reader?.Invoke() ?? throw new HostException($"There is nobody to answer: {question}");
    }
}
