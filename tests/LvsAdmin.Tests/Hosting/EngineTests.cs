using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Hosting;

/// <summary>The hosted engine itself, without our module: what it collects is what all cmdlet tests stand on.</summary>
public sealed class EngineTests : IDisposable
{
    private const string Asks =
        "& { [CmdletBinding(SupportsShouldProcess)] param() if ($PSCmdlet.ShouldProcess('tcp/192.0.2.10:80')) { 'done' } } ";

    private readonly Engine _engine = new(modulePath: "");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Each_stream_is_collected_apart()
    {
        var result = _engine.Run(
            "& { [CmdletBinding()] param() 'out'; $PSCmdlet.WriteWarning('careful'); $PSCmdlet.WriteVerbose('by the way'); nosuch } -Verbose");

        Assert.Equal("out", Assert.Single(result.Output).BaseObject);
        Assert.Equal("careful", Assert.Single(result.Warnings));
        Assert.Equal("by the way", Assert.Single(result.Verbose));
        Assert.Equal("CommandNotFoundException", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.True(result.HadErrors);
        Assert.Null(result.Terminating);
    }

    [Fact]
    public void What_ends_a_script_is_kept_apart_and_is_the_last_error()
    {
        var result = _engine.Run("1; throw 'enough'; 2");

        Assert.Equal(1, Assert.Single(result.Output).BaseObject);
        Assert.NotNull(result.Terminating);
        Assert.Equal("enough", result.Errors[^1].Exception.Message);
    }

    [Fact]
    public void Text_that_does_not_parse_is_an_error_and_not_an_exception() =>
        Assert.NotNull(_engine.Run("if (").Terminating);

    [Theory]
    [InlineData("text", 1)]
    [InlineData(new[] { 1, 2, 3 }, 3)]
    public void Input_is_what_the_script_reads(object input, int count) =>
        Assert.Equal(count, _engine.Run("$input", input).Output.Count);

    [Fact]
    public void Output_is_laid_out_to_the_width_and_has_no_colours()
    {
        _engine.Width = 30;
        var result = _engine.Run("[pscustomobject]@{ Weight = 1; Name = 'a' * 40 }");

        Assert.DoesNotContain('\u001b', result.Rendered);
        Assert.Contains("Weight", result.Rendered, StringComparison.Ordinal);
        Assert.All(result.Rendered.Split('\n'), line => Assert.True(line.Length <= 30, line));
    }

    [Theory]
    [InlineData("Y", 1)]
    [InlineData("yes", 1)]
    [InlineData("N", 0)]
    public void A_confirmation_takes_the_scripted_answer(string answer, int outputs)
    {
        _engine.UserInterface.Answers.Enqueue(answer);
        var result = _engine.Run(Asks + "-Confirm");

        Assert.Equal(outputs, result.Output.Count);
        Assert.Contains("tcp/192.0.2.10:80", result.HostText, StringComparison.Ordinal);
        Assert.False(result.HadErrors);
    }

    [Fact]
    public void An_unforeseen_confirmation_is_an_error_and_not_a_yes()
    {
        var result = _engine.Run(Asks + "-Confirm");

        Assert.Empty(result.Output);
        Assert.True(result.HadErrors);
    }

    [Fact]
    public void WhatIf_text_goes_to_the_host() =>
        Assert.Contains("What if:", _engine.Run(Asks + "-WhatIf").HostText, StringComparison.Ordinal);

    [Fact]
    public async Task Stop_ends_what_runs()
    {
        using var started = new ManualResetEventSlim();
        var run = Task.Run(() => _engine.Run("$input[0].Set(); while ($true) { }", started), TestContext.Current.CancellationToken);
        started.Wait(TestContext.Current.CancellationToken);
        _engine.Stop();

        Assert.True((await run).Stopped);
        Assert.Equal(2, _engine.Run("1 + 1").Output[0].BaseObject);
    }

    [Fact]
    public void Completion_is_that_of_the_end_of_the_line() =>
        Assert.Contains(_engine.Complete("1 | ForEach-Obj").CompletionMatches, match => match.CompletionText == "ForEach-Object");

    [Theory]
    [InlineData("1", true)]
    [InlineData("nosuch; 1", false)]
    [InlineData("throw 'enough'", false)]
    [InlineData("try { nosuch } catch { 'caught' }", true)]
    public void Shown_errors_are_told(string script, bool good)
    {
        using var text = new StringWriter();
        _engine.UserInterface.Writer = text;

        Assert.Equal(good, _engine.Show(script));
        Assert.NotEmpty(text.ToString());
    }

    [Fact]
    public void Exit_is_kept()
    {
        _engine.Show("exit 3");

        Assert.Equal(3, _engine.ExitCode);
    }
}
