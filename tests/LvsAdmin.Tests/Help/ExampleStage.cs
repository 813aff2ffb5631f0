using System.Management.Automation.Language;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;

namespace LvsAdmin.Tests.Help;

/// <summary>Runs examples one after the other in a hosted engine, each as it stands in the help, and gathers what went wrong.</summary>
/// <param name="fixture">The engine.</param>
/// <param name="folder">Where the examples find and leave their files.</param>
internal sealed class ExampleStage(CmdletFixture fixture, string folder)
{
    private readonly List<string> _troubles = [];
    private bool _isChanged = true;
    private bool? _isServed;

    /// <summary>What went wrong so far: a line for the example and one for each trouble.</summary>
    internal IReadOnlyList<string> Troubles => _troubles;

    /// <summary>What makes the table $table and ends holds and sessions, as PowerShell; run only after an example that changed something, or for one that finds another table.</summary>
    internal required string Reset { get; init; }

    /// <summary>The text that is run for that of an example.</summary>
    internal Func<string, string> Adapt { get; init; } = code => code;

    /// <summary>Puts the files in place, and the utilities that the engine lacks.</summary>
    /// <param name="script">What else comes first.</param>
    internal void Prepare(string script)
    {
        File.WriteAllText(Path.Combine(folder, "keepalived.conf"), ExampleWorld.Keepalived);
        File.WriteAllText(Path.Combine(folder, "hosts.txt"), "rs01\nrs02\n");
        Check("before all", $$"""
            $ConfirmPreference = 'None'
            $ExecutionContext.SessionState.Path.SetLocation('{{folder}}')
            {{ExampleWorld.Utilities}}
            {{script}}
            $tables = {{ExampleWorld.Table}}, {{ExampleWorld.ServedTable}}
            $web = ConvertTo-LvsConfiguration @{ VirtualServices = @{ VirtualService = 'tcp/192.0.2.10:80'; Scheduler = 'rr'; RealServers = '192.0.2.21', @{ RealServer = '192.0.2.22'; Weight = 2 } } }
            $web | Set-Content web.json
            """);
    }

    /// <summary>Runs an example.</summary>
    /// <param name="cmdlet">Whose it is.</param>
    /// <param name="example">The example.</param>
    /// <param name="defaults">Parameters that all cmdlets get besides: entries of $PSDefaultParameterValues.</param>
    internal void Run(string cmdlet, ExampleHelp example, string defaults)
    {
        string name = $"{cmdlet}, {example.Title}";
        string prepare = ExampleWorld.Before(cmdlet, example);
        _isChanged |= ExampleWorld.IsServed(cmdlet) != _isServed;
        _isServed = ExampleWorld.IsServed(cmdlet);
        if (_isChanged || prepare.Length > 0)
        {
            Check($"before {name}", $"{(_isChanged ? $"$table = $tables[{(_isServed.Value ? 1 : 0)}]\n{Reset}" : string.Empty)}\n$PSDefaultParameterValues = @{{ {defaults} }}\n{prepare}");
        }

        _isChanged = prepare.Length > 0 || ExampleWorld.Changes(example);
        EngineResult result = fixture.Engine.Run($"$PSDefaultParameterValues = @{{ {defaults} }}\n{Adapt(ExampleWorld.Adapt(example.Code))}{Shown(example)}");
        List<string> wrong = [.. result.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}")];
        if (example.Code.Contains("-WhatIf", StringComparison.Ordinal) && !result.HostText.Contains("What if: ", StringComparison.Ordinal))
        {
            wrong.Add("-WhatIf showed nothing");
        }

        if (ExampleWorld.Writes(example) && !result.Output.Any(value => value is not null))
        {
            wrong.Add("it wrote nothing");
        }

        _troubles.AddRange(wrong.Select(line => $"{name}: {line}\n    {example.Code}"));
    }

    /// <summary>Runs what the examples need, which must not fail.</summary>
    internal void Check(string name, string script) =>
        _troubles.AddRange(fixture.Engine.Run(script).Errors.Select(error => $"{name}: {error.FullyQualifiedErrorId}: {error}\n    {error.InvocationInfo?.Line}"));

    // What an example keeps in a variable at its end has to be something, too.
    private static string Shown(ExampleHelp example) =>
        Parser.ParseInput(example.Code, out _, out _).EndBlock.Statements[^1] is AssignmentStatementAst { Left: VariableExpressionAst variable }
            ? $"\n${variable.VariablePath.UserPath}" : string.Empty;
}
