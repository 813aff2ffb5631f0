using System.Management.Automation;
using System.Reflection;

namespace LvsAdmin.Hosting;

/// <summary>
/// The other side of PowerShell remoting over SSH, as <c>pwsh -sshs</c> is it: PSRP on standard input and output. PowerShell has no public
/// way to it; the tests use the inner one so that they need no pwsh.
/// </summary>
public static class RemotingServer
{
    /// <summary>Serves until standard input ends. Does not return: the engine ends the process.</summary>
    public static void Run()
    {
        var mediator = typeof(PSObject).Assembly.GetType("System.Management.Automation.Remoting.Server.StdIOProcessMediator", throwOnError: true)!;
        var run = mediator.GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(mediator.FullName, "Run");
        // An initial command, a working directory, a configuration by name or by file: none. Errors go with the output, as ssh expects.
        object?[] arguments = [.. run.GetParameters().Select(parameter => parameter.ParameterType == typeof(bool) ? (object?)true : null)];
        run.Invoke(null, arguments);
    }
}
