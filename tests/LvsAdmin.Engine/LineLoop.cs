using System.Management.Automation.Language;

namespace LvsAdmin.Hosting;

/// <summary>A plain prompt: reads statements, over several lines where they are incomplete, and runs them until <c>exit</c>.</summary>
public sealed class LineLoop
{
    private readonly Engine _engine;
    private readonly TextReader _reader;

    public LineLoop(Engine engine, TextReader reader)
    {
        _engine = engine;
        _reader = reader;
    }

    /// <summary>Gives the exit status: that of <c>exit</c>, or 0 at the end of the input.</summary>
    public int Run()
    {
        while (ReadStatement() is { } statement)
        {
            _engine.Show(statement);
            if (_engine.ExitCode is { } code)
            {
                return code;
            }
        }

        _engine.UserInterface.WriteLine("");
        return 0;
    }

    private string? ReadStatement()
    {
        var text = "";
        var prompt = "PS> ";
        while (true)
        {
            _engine.UserInterface.Write(prompt);
            if (_reader.ReadLine() is not { } line)
            {
                return null;
            }

            text = text.Length == 0 ? line : text + "\n" + line;
            Parser.ParseInput(text, out _, out var errors);
            // As in pwsh, an empty line ends a statement that would go on; the error then says what is missing.
            if (line.Length == 0 || !errors.Any(error => error.IncompleteInput))
            {
                return text;
            }

            prompt = ">> ";
        }
    }
}
