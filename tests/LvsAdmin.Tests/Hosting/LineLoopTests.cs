using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Hosting;

public sealed class LineLoopTests
{
    [Theory]
    [InlineData("1 + 1\n", "PS> 2\nPS> \n", 0)]
    [InlineData("if ($true) {\n5\n}\nexit 3\n", "PS> >> >> 5\nPS> ", 3)]
    [InlineData("1 |\n\n", "PS> >> ParserError:", 0)]
    [InlineData("nosuch\n6\n", "PS> nosuch: The term 'nosuch' is not recognized", 0)]
    [InlineData("", "PS> \n", 0)]
    public void Lines_are_run_until_exit_or_the_end(string input, string text, int status)
    {
        using var shown = new StringWriter { NewLine = "\n" };
        using var engine = new Engine(modulePath: "", new EngineUserInterface(shown));
        using var reader = new StringReader(input);

        Assert.Equal(status, new LineLoop(engine, reader).Run());
        Assert.StartsWith(text, shown.ToString().TrimStart('\n'), StringComparison.Ordinal);
    }
}
