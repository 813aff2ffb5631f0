using System.Collections;
using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Fleet;

/// <summary>Every parameter of every cmdlet that takes text is given hostile ones, on a host over SSH: nothing of it is run, here or there.</summary>
[Collection(FleetGroup.Name)]
[Trait("Level", "Fleet")]
public sealed class ParameterInjectionTests(FleetFixture fixture)
{
    // Those of PowerShell itself, those that say where (InjectionTests has them), and one that copies files to hosts with PowerShell.
    private static readonly HashSet<string> Others = [.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters, "LvsSession", "Session", "NetworkNamespace", "AsJob", "InputObject"];
    private static readonly HashSet<string> OtherCommands = ["Install-LvsModule", "New-LvsSession", "Get-LvsSession", "Remove-LvsSession"];

    private static readonly Dictionary<string, object> Samples = new()
    {
        ["VirtualService"] = "tcp/192.0.2.10:80",
        ["RealServer"] = "192.0.2.21",
        ["Address"] = "192.0.2.10",
        ["Port"] = 80,
        ["FirewallMark"] = 7,
        ["HostName"] = "rs1",
    };

    [Fact]
    public void No_text_for_a_parameter_is_run()
    {
        CommandInfo[] commands = [.. fixture.Engine.Run("Get-Command -Module LvsAdmin -CommandType Cmdlet").Output.Select(command => (CommandInfo)command.BaseObject)];
        Assert.Empty(fixture.Engine.Run("$injected = New-LvsSession rs1").Errors);
        int reached = 0;
        int number = 0;
        foreach (CommandInfo command in commands.Where(command => !OtherCommands.Contains(command.Name)))
        {
            foreach (string parameter in Texts(command))
            {
                CommandParameterSetInfo set = command.ParameterSets.First(set => set.Parameters.Any(other => other.Name == parameter));
                Hashtable arguments = [];
                foreach (CommandParameterInfo needed in set.Parameters.Where(other => other.IsMandatory))
                {
                    arguments[needed.Name] = Samples.GetValueOrDefault(needed.Name, "eth0");
                }

                // Each text is used by turns: a parameter's way to the host is the same for all.
                for (int turn = 0; turn < 3; turn++)
                {
                    arguments[parameter] = HostileTexts.All[number++ % HostileTexts.All.Count];
                    reached += Try(command, arguments, parameter == "HostName") ? 1 : 0;
                }
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{reached} of {number} were for the host to judge");
        HostileTexts.CheckNothingRan();
        Assert.True(reached > 50, $"{reached} of {number} were for the host to judge");
        Assert.Equal("Opened", Assert.Single(fixture.Engine.Run("$injected.State; Remove-LvsSession $injected").Output).ToString());
    }

    private static IEnumerable<string> Texts(CommandInfo command) => command.ParameterSets.SelectMany(set => set.Parameters)
        .Where(parameter => !Others.Contains(parameter.Name) && !parameter.ParameterType.IsValueType)
        .Select(parameter => parameter.Name)
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <returns>Whether PowerShell's binder let it pass.</returns>
    private bool Try(CommandInfo command, Hashtable arguments, bool isHost)
    {
        string confirm = command.Parameters.ContainsKey("Confirm") ? " -Confirm:$false" : string.Empty;
        EngineResult result = fixture.Engine.Run(
            $"$call = @($input)[0]; & {command.Name} @call{(isHost ? string.Empty : " -LvsSession $injected")}{confirm}", new object[] { arguments });
        return !result.Errors.Any(error => error.Exception is ParameterBindingException);
    }
}
