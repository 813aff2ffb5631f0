using System.Xml.Linq;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Help;

/// <summary>The help of the cmdlets as it stands in the checkout: MAML, read without PowerShell.</summary>
internal static class HelpFile
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The folder with the help of all kinds.</summary>
    public static string Folder { get; } = Path.Combine(Checkout.Root(), "en-US");

    public static IReadOnlyList<CommandHelp> Commands { get; } =
        [.. XDocument.Load(Path.Combine(Folder, "LvsAdmin.dll-Help.xml")).Root!.Elements(Command + "command").Select(Read)];

    private static CommandHelp Read(XElement command)
    {
        XElement details = command.Element(Command + "details")!;
        return new CommandHelp(
            details.Element(Command + "name")!.Value,
            $"{details.Element(Command + "verb")?.Value}-{details.Element(Command + "noun")?.Value}",
            Text(details.Element(Maml + "description")),
            Text(command.Element(Maml + "description")),
            [.. Items(command, "syntax", "syntaxItem").Select(item => new SyntaxHelp(item.Element(Maml + "name")?.Value, Parameters(item)))],
            Parameters(command.Element(Command + "parameters")),
            [.. Items(command, "examples", "example").Select(Example)],
            [.. Items(command, "inputTypes", "inputType").Select(Type)],
            [.. Items(command, "returnValues", "returnValue").Select(Type)],
            [.. command.Descendants(Maml + "linkText").Select(link => link.Value)]);
    }

    private static IEnumerable<XElement> Items(XElement parent, string list, string item) =>
        parent.Element(Command + list)?.Elements(Command + item) ?? [];

    private static List<ParameterHelp> Parameters(XElement? parent) =>
    [
        .. (parent?.Elements(Command + "parameter") ?? []).Select(parameter => new ParameterHelp(
            parameter.Element(Maml + "name")!.Value,
            Text(parameter.Element(Maml + "description")),
            parameter.Element(Command + "parameterValue")?.Value,
            parameter.Element(Dev + "type")?.Element(Maml + "name")?.Value,
            [.. parameter.Element(Command + "parameterValueGroup")?.Elements().Select(value => value.Value) ?? []],
            (string?)parameter.Attribute("required") == "true",
            (string?)parameter.Attribute("globbing") == "true",
            (string?)parameter.Attribute("pipelineInput"),
            (string?)parameter.Attribute("position"),
            (string?)parameter.Attribute("aliases"))),
    ];

    private static ExampleHelp Example(XElement example) => new(
        example.Element(Maml + "title")?.Value ?? string.Empty,
        example.Element(Dev + "code")?.Value ?? string.Empty,
        Text(example.Element(Dev + "remarks")));

    private static (string Name, string Text) Type(XElement type) =>
        (type.Element(Dev + "type")?.Element(Maml + "name")?.Value ?? string.Empty, Text(type.Element(Maml + "description")));

    private static string Text(XElement? element) =>
        string.Join('\n', element?.Elements(Maml + "para").Select(paragraph => paragraph.Value) ?? []).Trim();
}

internal sealed record CommandHelp(
    string Name,
    string VerbNoun,
    string Synopsis,
    string Description,
    IReadOnlyList<SyntaxHelp> Syntax,
    IReadOnlyList<ParameterHelp> Parameters,
    IReadOnlyList<ExampleHelp> Examples,
    IReadOnlyList<(string Name, string Text)> Inputs,
    IReadOnlyList<(string Name, string Text)> Outputs,
    IReadOnlyList<string> Links);

internal sealed record SyntaxHelp(string? Name, IReadOnlyList<ParameterHelp> Parameters);

internal sealed record ParameterHelp(
    string Name,
    string Description,
    string? Value,
    string? Type,
    IReadOnlyList<string> Choices,
    bool Required,
    bool Globbing,
    string? PipelineInput,
    string? Position,
    string? Aliases);

internal sealed record ExampleHelp(string Title, string Code, string Remarks);
