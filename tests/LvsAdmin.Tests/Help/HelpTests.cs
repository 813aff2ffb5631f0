using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;

namespace LvsAdmin.Tests.Help;

/// <summary>The help is written by hand, so it is held against what it describes: the cmdlets as PowerShell has them after an import.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed partial class HelpTests(CmdletFixture fixture)
{
    private const int FewestExamples = 3;

    private static readonly string[] AboutTopics = ["about_LvsAdmin", "about_LvsArpPolicy", "about_LvsConfiguration", "about_LvsDrain", "about_LvsFleets", "about_LvsForwardingMethods", "about_LvsPersistence", "about_LvsRunbooks"];

    // -WhatIf and -Confirm count as common to PowerShell, but not every cmdlet has them: so they are described where they are.
    private static readonly HashSet<string> CommonParameters =
        [.. Cmdlet.CommonParameters.Except(["WhatIf", "Confirm"])];

    private readonly List<string> _problems = [];
    private Dictionary<string, CommandInfo>? _commands;

    private Dictionary<string, CommandInfo> Commands => _commands ??= fixture.Engine.Run("Get-Command -Module LvsAdmin").Output
        .Select(output => (CommandInfo)output.BaseObject).ToDictionary(command => command.Name);

    private IEnumerable<(CommandHelp Help, CommandInfo Command)> Described => HelpFile.Commands.Select(help => (help, Commands[help.Name]));

    [Fact]
    public void Every_cmdlet_has_help_and_every_help_a_cmdlet()
    {
        Assert.NotEmpty(Commands);
        Assert.Equal(Commands.Keys.Order(), HelpFile.Commands.Select(help => help.Name).Order());
        Assert.All(HelpFile.Commands, help => Assert.Equal(help.Name, help.VerbNoun));
    }

    [Fact]
    public void Every_cmdlet_has_synopsis_description_inputs_outputs_and_links_that_exist()
    {
        foreach ((CommandHelp help, CommandInfo command) in Described)
        {
            Check(help.Synopsis.Length > 0, $"{help.Name}: no synopsis");
            Check(help.Description.Length > help.Synopsis.Length, $"{help.Name}: no description");
            Check(help.Inputs.Count > 0 && help.Outputs.Count > 0, $"{help.Name}: no inputs or no outputs");
            foreach ((string name, string text) in help.Inputs.Concat(help.Outputs))
            {
                Check(text.Length > 0, $"{help.Name}: {name} is not described");
                Check(name == "None" || LanguagePrimitives.TryConvertTo(name, out Type _), $"{help.Name}: there is no type {name}");
            }

            string[] outputs = [.. command.OutputType.Select(type => type.Type == typeof(void) ? "None" : type.Name)];
            Check(help.Outputs.Select(output => output.Name).SequenceEqual(outputs), $"{help.Name}: writes {string.Join(", ", outputs)}");
            Check(help.Links.Count > 0, $"{help.Name}: no links");
            foreach (string link in help.Links)
            {
                Check(Commands.ContainsKey(link) || AboutTopics.Contains(link), $"{help.Name}: link to {link}, which does not exist");
            }
        }

        AssertNoProblems();
    }

    [Fact]
    public void Every_parameter_is_described_once_and_as_it_is()
    {
        foreach ((CommandHelp help, CommandInfo command) in Described)
        {
            CheckNames(help.Name, help.Parameters, command.Parameters.Keys);
            foreach (ParameterHelp parameter in help.Parameters)
            {
                Check(parameter.Description.Length > 0, $"{help.Name} -{parameter.Name}: no text");
                Check(parameter.Type == parameter.Value, $"{help.Name} -{parameter.Name}: type {parameter.Type}, value {parameter.Value}");
                // A parameter may be required in one set and not in another: the list has it as the first set does, the syntax as each does.
                if (command.ParameterSets.OrderByDescending(set => set.IsDefault).SelectMany(set => set.Parameters).FirstOrDefault(actual => actual.Name == parameter.Name) is { } actual)
                {
                    CheckParameter(help.Name, parameter, actual);
                }
            }
        }

        AssertNoProblems();
    }

    [Fact]
    public void Every_parameter_set_has_its_syntax()
    {
        foreach ((CommandHelp help, CommandInfo command) in Described)
        {
            Check(help.Syntax.Count == command.ParameterSets.Count, $"{help.Name}: {help.Syntax.Count} syntax items for {command.ParameterSets.Count} parameter sets");
            // The default set stands first, as in Get-Command -Syntax; the others by name.
            foreach ((SyntaxHelp syntax, CommandParameterSetInfo set) in help.Syntax.Zip(
                command.ParameterSets.OrderByDescending(set => set.IsDefault).ThenBy(set => set.Name, StringComparer.Ordinal)))
            {
                string where = $"{help.Name} ({set.Name})";
                Check(syntax.Name == help.Name, $"{where}: the syntax is of {syntax.Name}");
                CheckNames(where, syntax.Parameters, set.Parameters.Select(parameter => parameter.Name));
                foreach (ParameterHelp parameter in syntax.Parameters)
                {
                    if (set.Parameters.FirstOrDefault(actual => actual.Name == parameter.Name) is { } actual)
                    {
                        CheckParameter(where, parameter, actual);
                        Check(parameter.Value is null == (actual.ParameterType == typeof(SwitchParameter)), $"{where} -{parameter.Name}: a switch has no value, all else has one");
                        CheckChoices(where, parameter, actual);
                    }
                }
            }
        }

        AssertNoProblems();
    }

    [Fact]
    public void Every_cmdlet_has_examples_that_parse_and_bind()
    {
        List<string> codes = [];
        foreach (CommandHelp help in HelpFile.Commands)
        {
            Check(help.Examples.Count >= FewestExamples, $"{help.Name}: {help.Examples.Count} examples");
            foreach ((int number, ExampleHelp example) in help.Examples.Index())
            {
                string where = $"{help.Name}, {example.Title}";
                Check(example.Title.StartsWith($"Example {number + 1}: ", StringComparison.Ordinal), $"{where}: not numbered {number + 1}");
                Check(example.Remarks.Length > 0, $"{where}: no explanation");
                CheckCode(where, help.Name, example.Code);
                codes.Add(example.Code);
            }
        }

        // The binder finds what the parser cannot: more positions than the cmdlet has. Whether values convert, only a run tells.
        EngineResult binding = fixture.Engine.Run(
            """
            $input | ForEach-Object {
                $code = $_
                $tree = [System.Management.Automation.Language.Parser]::ParseInput($code, [ref]$null, [ref]$null)
                $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -like '*-Lvs*' }, $true) |
                    ForEach-Object {
                        [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($_).BindingExceptions.GetEnumerator() |
                            ForEach-Object { "$code`: $($_.Key): $($_.Value.BindingException.Message)" }
                    }
            }
            """,
            codes);
        Assert.Empty(binding.Errors);
        _problems.AddRange(binding.Output.Select(output => output.ToString()));
        AssertNoProblems();
    }

    [Fact]
    public void Get_Help_finds_the_help_and_does_not_make_its_own()
    {
        foreach (CommandHelp help in HelpFile.Commands)
        {
            PSObject found = Assert.Single(fixture.Engine.Run($"Get-Help {help.Name} -Full").Output);
            Check(found.Properties["Synopsis"].Value?.ToString()?.Trim() == help.Synopsis, $"{help.Name}: Get-Help says {found.Properties["Synopsis"].Value}");
        }

        foreach (string topic in AboutTopics)
        {
            string text = string.Concat(fixture.Engine.Run($"Get-Help {topic}").Output);
            Check(text.Contains($"TOPIC\n    {topic}\n", StringComparison.Ordinal), $"Get-Help {topic} finds nothing");
        }

        AssertNoProblems();
    }

    [Fact]
    public void The_levels_of_the_ARP_policy_are_told_with_the_numbers_of_the_kernel()
    {
        IReadOnlyList<ParameterHelp> parameters = HelpFile.Commands.Single(help => help.Name == "Set-LvsArpPolicy").Parameters;
        string topic = ReadTopic("about_LvsArpPolicy");
        foreach ((string parameter, Type levels) in new[] { ("Ignore", typeof(Core.Network.LvsArpIgnore)), ("Announce", typeof(Core.Network.LvsArpAnnounce)) })
        {
            string text = parameters.Single(candidate => candidate.Name == parameter).Description;
            foreach (object level in Enum.GetValues(levels))
            {
                Check(text.Contains($"{(int)level}, {level}: ", StringComparison.Ordinal), $"-{parameter} does not tell level {(int)level}, {level}");
                Check(Regex.IsMatch(topic, $@"^ +{(int)level} +{level} ", RegexOptions.Multiline), $"about_LvsArpPolicy does not tell level {(int)level}, {level}");
            }
        }

        AssertNoProblems();
    }

    [Fact]
    public void The_table_of_error_ids_is_complete_and_has_no_others()
    {
        string source = Path.Combine(Checkout.Root(), "src");
        IEnumerable<string> written = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => ErrorIdInSource().Matches(File.ReadAllText(file))).Select(match => match.Groups["id"].Value);
        string[] ids =
        [
            .. Enum.GetNames<IpvsError>(),
            .. Enum.GetNames<LvsSyncError>(),
            .. Enum.GetNames<LvsHostError>().Select(name => name == nameof(LvsHostError.Failed) ? "HostFailed" : name),
            .. typeof(NetlinkException).Assembly.GetTypes().Where(typeof(NetlinkException).IsAssignableFrom)
                .Select(type => type.Name.Replace("Exception", "", StringComparison.Ordinal)),
            .. written,
        ];
        string table = ReadTopic("about_LvsAdmin").Split("    Id  ")[1].Split("SEE ALSO")[0];

        string[] listed = [.. ErrorIdInTable().Matches(table).Select(match => match.Groups["id"].Value)];
        Assert.Empty(ids.Except(listed));
        Assert.Empty(listed.Except(ids));
        Assert.Equal(listed.Distinct(), listed);
    }

    [Fact]
    public void Texts_name_only_cmdlets_that_exist_and_the_readme_lists_all()
    {
        string root = Checkout.Root();
        string[] files = [.. Directory.EnumerateFiles(HelpFile.Folder), Path.Combine(root, "README.md"), Path.Combine(root, "CHANGELOG.md")];
        foreach (string file in files)
        {
            foreach (string name in CmdletName().Matches(File.ReadAllText(file)).Select(match => match.Value).Distinct())
            {
                Check(Commands.ContainsKey(name), $"{Path.GetFileName(file)} names {name}, which does not exist");
            }
        }

        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        foreach (string name in Commands.Keys)
        {
            Check(readme.Contains($"`{name}`", StringComparison.Ordinal), $"README.md does not list {name}");
        }

        AssertNoProblems();
    }

    [Fact]
    public void About_topics_fit_a_terminal_of_80_columns()
    {
        foreach (string file in Directory.EnumerateFiles(HelpFile.Folder, "about_*.help.txt"))
        {
            string[] lines = File.ReadAllLines(file);
            Check(lines[0] == "TOPIC" && lines[1].Trim() + ".help.txt" == Path.GetFileName(file), $"{file}: does not begin with its topic");
            Check(lines.All(line => line.Length < 80), $"{file}: {lines.FirstOrDefault(line => line.Length >= 80)}");
        }

        Assert.Equal(AboutTopics, Directory.EnumerateFiles(HelpFile.Folder, "about_*.help.txt").Select(file => Path.GetFileName(file).Split('.')[0]).Order(StringComparer.Ordinal));
        AssertNoProblems();
    }

    [GeneratedRegex("""\bnew\("(?<id>[A-Z]\w+)",\s*\$"|(?:Refusal|Refuse|LvsValidationException|CheckName)\([^")]*"(?<id>[A-Z]\w+)"|"(?<id>[A-Z]\w+)",\s*ErrorCategory\.|(?:Problem|LvsConfigurationException|LvsRolloutException|Error)\(\s*"(?<id>[A-Z]\w+)"|const string (?:Invalid|Rule|Syntax) = "(?<id>[A-Z]\w+)\x22""")]
    private static partial Regex ErrorIdInSource();

    [GeneratedRegex(@"^    (?<id>[A-Z]\w+)(?=  |$)", RegexOptions.Multiline)]
    private static partial Regex ErrorIdInTable();

    [GeneratedRegex(@"\b[A-Z][a-z]+-Lvs[A-Za-z]+")]
    private static partial Regex CmdletName();

    private static string ReadTopic(string topic) => File.ReadAllText(Path.Combine(HelpFile.Folder, $"{topic}.help.txt"));

    private static string TypeName(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.Name;
    }

    private void CheckNames(string where, IReadOnlyList<ParameterHelp> described, IEnumerable<string> actual)
    {
        string[] names = [.. described.Select(parameter => parameter.Name)];
        string[] expected = [.. actual.Where(name => !CommonParameters.Contains(name))];
        Check(names.Distinct().Count() == names.Length, $"{where}: describes a parameter twice");
        Check(!expected.Except(names).Any(), $"{where}: lacks -{string.Join(", -", expected.Except(names))}");
        Check(!names.Except(expected).Any(), $"{where}: has no -{string.Join(", -", names.Except(expected))}");
    }

    private void CheckParameter(string where, ParameterHelp help, CommandParameterInfo actual)
    {
        where += $" -{help.Name}";
        string position = actual.Position < 0 ? "named" : $"{actual.Position}";
        string[] ways = [.. new[] { actual.ValueFromPipelineByPropertyName ? "ByPropertyName" : null, actual.ValueFromPipeline ? "ByValue" : null }.OfType<string>()];
        string pipeline = ways.Length == 0 ? "False" : $"True ({string.Join(", ", ways)})";
        string aliases = actual.Aliases.Count == 0 ? "none" : string.Join(", ", actual.Aliases);
        Check(help.Value is null || help.Value == TypeName(actual.ParameterType), $"{where}: type {help.Value}, not {TypeName(actual.ParameterType)}");
        Check(help.Position == position, $"{where}: position {help.Position}, not {position}");
        Check(help.PipelineInput == pipeline, $"{where}: pipeline input {help.PipelineInput}, not {pipeline}");
        Check(help.Required == actual.IsMandatory, $"{where}: required {help.Required}, not {actual.IsMandatory}");
        Check(help.Aliases == aliases, $"{where}: aliases {help.Aliases}, not {aliases}");
        Check(help.Globbing || !actual.Attributes.OfType<SupportsWildcardsAttribute>().Any(), $"{where}: takes wildcards");
    }

    private void CheckChoices(string where, ParameterHelp help, CommandParameterInfo actual)
    {
        Type type = Nullable.GetUnderlyingType(actual.ParameterType) ?? actual.ParameterType.GetElementType() ?? actual.ParameterType;
        string[] names = type.IsEnum ? Enum.GetNames(type) : [];
        Check(!help.Choices.Except(names).Any(), $"{where} -{help.Name}: no {type.Name} is {string.Join(", ", help.Choices.Except(names))}");
    }

    private void CheckCode(string where, string cmdlet, string code)
    {
        Ast tree = Parser.ParseInput(code, out _, out ParseError[] errors);
        Check(errors.Length == 0, $"{where}: {string.Join(", ", errors.Select(error => error.Message))}");
        List<CommandAst> calls = [.. tree.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>()];
        Check(calls.Any(call => call.GetCommandName() == cmdlet) || where.Contains("instead", StringComparison.Ordinal), $"{where}: does not use {cmdlet}");
        foreach (CommandAst call in calls.Where(call => call.GetCommandName()?.Contains("-Lvs", StringComparison.Ordinal) ?? false))
        {
            string name = call.GetCommandName();
            if (!Commands.TryGetValue(name, out CommandInfo? command))
            {
                _problems.Add($"{where}: there is no {name}");
                continue;
            }

            foreach (CommandParameterAst parameter in call.CommandElements.OfType<CommandParameterAst>())
            {
                Check(command.Parameters.ContainsKey(parameter.ParameterName), $"{where}: {name} has no -{parameter.ParameterName}");
            }
        }
    }

    private void Check(bool holds, string problem)
    {
        if (!holds)
        {
            _problems.Add(problem);
        }
    }

    private void AssertNoProblems() => Assert.True(_problems.Count == 0, string.Join('\n', _problems));
}
