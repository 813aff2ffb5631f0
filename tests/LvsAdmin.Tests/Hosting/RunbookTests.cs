using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Hosting;

public sealed class RunbookTests : IDisposable
{
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly Engine _engine;

    public RunbookTests()
    {
        _engine = new Engine(modulePath: "", new EngineUserInterface(_text));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _text.Dispose();
    }

    [Fact]
    public void Each_statement_is_shown_as_typed_with_its_comments_and_what_comes_of_it()
    {
        var status = Play("""
            <# help for the reader #>

            # First, a value.
            $a = 'one'
            # Then more.
            # Much more.
            foreach ($i in 1, 2) {
                "$a $i"   # within
            }
            """);

        Assert.Equal(0, status);
        Assert.Equal(
            """

            # First, a value.
            PS> $a = 'one'

            # Then more.
            # Much more.
            PS> foreach ($i in 1, 2) {
            >>     "$a $i"   # within
            >> }
            one 1
            one 2

            """.ReplaceLineEndings("\n"),
            _text.ToString());
    }

    [Fact]
    public void A_function_is_defined_without_its_text()
    {
        Assert.Equal(0, Play("function Twice { param($n)\n 2 * $n }\nTwice 4"));
        Assert.Equal("\nPS> function Twice { ... }\n\nPS> Twice 4\n8\n", _text.ToString());
    }

    [Theory]
    [InlineData("nosuch; 'after'\n'next'")]
    [InlineData("throw 'enough'\n'next'")]
    [InlineData("& { [CmdletBinding()] param() $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new('no', 'Id', 0, 1)) }\n'next'")]
    public void The_first_error_ends_it(string script)
    {
        Assert.Equal(1, Play(script));
        Assert.DoesNotContain("\nnext", _text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3\n'next'", 3)]
    [InlineData("if ($true) { exit 0 }\n'next'", 0)]
    public void Exit_gives_the_status(string script, int status)
    {
        Assert.Equal(status, Play(script));
        Assert.DoesNotContain("\nnext", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_script_is_refused_before_anything_runs() =>
        Assert.Throws<ParseException>(() => Runbook.Parse("'first'\nif (", "name.ps1"));

    private int Play(string script) => Runbook.Parse(script.ReplaceLineEndings("\n"), "name.ps1").Play(_engine);
}
