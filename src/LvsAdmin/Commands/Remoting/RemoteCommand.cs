using System.Management.Automation;
using System.Reflection;

namespace LvsAdmin.Commands.Remoting;

/// <summary>A cmdlet's call as it is made again in another session: its name and its parameters, the common ones with the meaning they have here.</summary>
/// <param name="Name">The name with its module, so that no other command of that name is taken.</param>
/// <param name="Parameters">What the command line and the preferences say; portable values.</param>
internal sealed record RemoteCommand(string Name, IReadOnlyDictionary<string, object?> Parameters)
{
    /// <summary>The module's name.</summary>
    internal const string Module = "LvsAdmin";

    /// <summary>The parameters that say on which hosts to work, and how to reach them: that is decided here.</summary>
    internal static IReadOnlySet<string> HostParameters { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "HostName", "UserName", "HostPort", "KeyFilePath", "Options", "ConnectingTimeout", "Sudo", "ThrottleLimit", "LvsSession", "Session", "AsJob", "JobName", "OnRealServer",
    };

    /// <summary>The call of a cmdlet.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="typed">Which of its bound parameters are from the command line, and not from the present input object.</param>
    internal static RemoteCommand Of(PSCmdlet cmdlet, IReadOnlySet<string> typed)
    {
        Dictionary<string, object?> parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in cmdlet.MyInvocation.BoundParameters)
        {
            if (typed.Contains(name) && !HostParameters.Contains(name) && !Cmdlet.CommonParameters.Contains(name) && !Cmdlet.OptionalCommonParameters.Contains(name))
            {
                parameters.Add(name, PortableValue.Of(value));
            }
        }

        AddPreferences(cmdlet, parameters);
        return new RemoteCommand($@"{Module}\{cmdlet.MyInvocation.MyCommand.Name}", parameters);
    }

    /// <summary>
    /// The preferences in effect here, be they from the command line or from variables, as parameters: variables of a session are its own. What is only
    /// about showing (warnings, errors that are passed over) is done here, when the messages have come.
    /// </summary>
    private static void AddPreferences(PSCmdlet cmdlet, Dictionary<string, object?> parameters)
    {
        parameters["Verbose"] = IsOn(cmdlet, "Verbose", "VerbosePreference");
        parameters["Debug"] = IsOn(cmdlet, "Debug", "DebugPreference");
        ActionPreference onError = Preference(Bound(cmdlet, "ErrorAction") ?? cmdlet.GetVariableValue("ErrorActionPreference"));
        parameters["ErrorAction"] = (onError == ActionPreference.Stop ? ActionPreference.Stop : ActionPreference.Continue).ToString();
        parameters["WarningAction"] = nameof(ActionPreference.Continue);
        parameters["InformationAction"] = nameof(ActionPreference.Continue);

        CmdletAttribute? attribute = cmdlet.GetType().GetCustomAttribute<CmdletAttribute>();
        if (attribute is { SupportsShouldProcess: true })
        {
            parameters["WhatIf"] = Bound(cmdlet, "WhatIf") is { } whatIf ? LanguagePrimitives.IsTrue(whatIf) : LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));
            parameters["Confirm"] = Bound(cmdlet, "Confirm") is { } confirm ? LanguagePrimitives.IsTrue(confirm) : Asks(cmdlet, attribute.ConfirmImpact);
        }
    }

    private static bool Asks(PSCmdlet cmdlet, ConfirmImpact impact) =>
        LanguagePrimitives.TryConvertTo(cmdlet.GetVariableValue("ConfirmPreference"), out ConfirmImpact preference)
        && preference != ConfirmImpact.None && impact >= preference;

    private static bool IsOn(PSCmdlet cmdlet, string parameter, string variable) => Bound(cmdlet, parameter) is { } bound
        ? LanguagePrimitives.IsTrue(bound)
        : Preference(cmdlet.GetVariableValue(variable)) is not ActionPreference.SilentlyContinue and not ActionPreference.Ignore;

    private static object? Bound(PSCmdlet cmdlet, string parameter) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) ? value : null;

    private static ActionPreference Preference(object? value) =>
        LanguagePrimitives.TryConvertTo(value, out ActionPreference preference) ? preference : ActionPreference.Continue;
}
