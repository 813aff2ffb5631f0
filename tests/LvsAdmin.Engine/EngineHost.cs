using System.Globalization;
using System.Management.Automation.Host;

namespace LvsAdmin.Hosting;

/// <summary>The host that commands see: plain text to one writer, answers from a function, a width that the caller sets.</summary>
public sealed class EngineHost : PSHost
{
    public EngineHost(EngineUserInterface userInterface)
    {
        UserInterface = userInterface;
    }

    public EngineUserInterface UserInterface { get; }

    /// <summary>The argument of <c>exit</c>, once a script has called it.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "LvsAdmin.Engine";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override PSHostUserInterface UI => UserInterface;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    /// <summary>Nothing to do: a started program shares our terminal as it is.</summary>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc cref="NotifyBeginApplication"/>
    public override void NotifyEndApplication()
    {
    }
}
