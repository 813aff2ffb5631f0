using System.Management.Automation;
using System.Management.Automation.Language;

namespace LvsAdmin.Hosting;

/// <summary>
/// A script played statement by statement, as somebody would type it at a prompt: its comments, the statement, what comes of it.
/// The first error ends it. lab/play.ps1 does the same on a real pwsh.
/// </summary>
public sealed class Runbook
{
    private readonly IReadOnlyList<RunbookStep> _steps;

    private Runbook(IReadOnlyList<RunbookStep> steps)
    {
        _steps = steps;
    }

    public IReadOnlyList<RunbookStep> Steps => _steps;

    /// <exception cref="ParseException">The text is no script.</exception>
    public static Runbook Parse(string text, string name)
    {
        var script = Parser.ParseInput(text, name, out var tokens, out var errors);
        if (errors.Length > 0)
        {
            throw new ParseException(errors);
        }

        var comments = new Queue<Token>(tokens.Where(token => token.Kind == TokenKind.Comment));
        var steps = new List<RunbookStep>();
        foreach (var statement in script.EndBlock.Statements)
        {
            var above = new List<string>();
            while (comments.TryPeek(out var comment) && comment.Extent.StartOffset < statement.Extent.EndOffset)
            {
                comments.Dequeue();
                // A block comment is help for the file's reader; a comment within the statement is shown with it.
                if (comment.Extent.StartOffset < statement.Extent.StartOffset && comment.Text.StartsWith('#'))
                {
                    above.Add(comment.Text);
                }
            }

            steps.Add(new RunbookStep(above, statement.Extent.Text, Shown(statement)));
        }

        return new Runbook(steps);
    }

    /// <summary>Plays it and gives the exit status: 1 after an error, the script's own where it exits.</summary>
    public int Play(Engine engine)
    {
        var ui = engine.UserInterface;
        foreach (var step in _steps)
        {
            ui.WriteLine("");
            foreach (var comment in step.Comments)
            {
                ui.WriteLine(comment);
            }

            for (var i = 0; i < step.Shown.Count; i++)
            {
                ui.WriteLine((i == 0 ? "PS> " : ">> ") + step.Shown[i]);
            }

            var good = engine.Show(step.Script);
            if (engine.ExitCode is { } code)
            {
                return code;
            }

            if (!good)
            {
                return 1;
            }
        }

        return 0;
    }

    // What a function does is shown where it is called; its text would only hide the commands.
    private static string[] Shown(StatementAst statement) => statement is FunctionDefinitionAst function
        ? [$"function {function.Name} {{ ... }}"]
        : statement.Extent.Text.ReplaceLineEndings("\n").Split('\n');
}
