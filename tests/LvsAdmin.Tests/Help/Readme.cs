using System.Text.RegularExpressions;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Help;

/// <summary>What README.md has to be run: its tour, and its table for users of ipvsadm.</summary>
internal static partial class Readme
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Checkout.Root(), "README.md"));

    /// <summary>What the tour types and what it shows of it.</summary>
    internal static IReadOnlyList<(string Command, string Shown)> Tour { get; } =
    [
        .. from Match block in Block().Matches(Section("## Two minutes"))
           from part in block.Groups["text"].Value.Split("PS> ", StringSplitOptions.RemoveEmptyEntries)
           let lines = part.Split('\n')
           let more = lines.Skip(1).TakeWhile(line => line.StartsWith(">> ", StringComparison.Ordinal)).ToArray()
           select (string.Join('\n', more.Select(line => line[3..]).Prepend(lines[0])), string.Join('\n', lines.Skip(1 + more.Length))),
    ];

    /// <summary>The lines of the table: what is typed with ipvsadm, and what with LvsAdmin.</summary>
    internal static IReadOnlyList<(string[] Ipvsadm, string[] LvsAdmin)> Table { get; } =
    [
        .. from line in Section("## From ipvsadm").Split('\n')
           where line.StartsWith("| `", StringComparison.Ordinal)
           let cells = line.Split(" | ")
           select (Whole(cells[0]), Whole(cells[1])),
    ];

    private static string Section(string title) => Text.Split(title + "\n")[1].Split("\n## ")[0];

    // What follows the first command of a cell is short for it: another option of ipvsadm, or another value for the cmdlet.
    private static string[] Whole(string cell)
    {
        string[] spans = [.. Span().Matches(cell).Select(match => match.Groups["code"].Value)];
        return
        [
            .. spans.Select(span => span switch
            {
                ['-', '-', ..] => $"ipvsadm -Ln {span}",
                ['-', ..] => $"ipvsadm {span}",
                _ when span.Contains("-Lvs", StringComparison.Ordinal) || span.StartsWith("ipvsadm", StringComparison.Ordinal) => span,
                _ => $"{spans[0].Split(' ')[0]} {span}",
            }),
        ];
    }

    [GeneratedRegex(@"^```\n(?<text>PS> .*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Span();
}
