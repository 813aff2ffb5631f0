using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace LvsAdmin.Commands.Fleet;

/// <summary>A script of the user's as it runs in a runspace of its own: its text, and the values of the variables that it takes along ($using:NAME).</summary>
internal sealed class RolloutScript
{
    private const string Prefix = "__using_";

    private RolloutScript(string text, IReadOnlyDictionary<string, object?> variables)
    {
        Text = text;
        Variables = variables;
    }

    /// <summary>The text, with other names in place of $using:NAME.</summary>
    internal string Text { get; }

    /// <summary>The values for those names.</summary>
    internal IReadOnlyDictionary<string, object?> Variables { get; }

    /// <summary>Takes a script apart.</summary>
    /// <param name="script">The script.</param>
    /// <param name="valueOf">The value of a variable of the caller's.</param>
    internal static RolloutScript Of(ScriptBlock script, Func<string, object?> valueOf)
    {
        Ast ast = script.Ast;
        StringBuilder text = new(script.ToString());
        // A script block's text is without its braces, and its first character as far into the file as the block's own text is.
        int start = ast.Extent.StartOffset + ast.Extent.Text.IndexOf(text.ToString(), StringComparison.Ordinal);
        Dictionary<string, object?> variables = [];
        VariableExpressionAst[] used =
        [
            .. ast.FindAll(each => each is UsingExpressionAst, searchNestedScriptBlocks: true).Select(each => UsingExpressionAst.ExtractUsingVariable((UsingExpressionAst)each))
                .OrderByDescending(each => each.Extent.StartOffset),
        ];
        foreach (VariableExpressionAst variable in used)
        {
            string name = variable.VariablePath.UserPath;
            variables[Prefix + name] = valueOf(name);
            text.Remove(variable.Extent.StartOffset - start, variable.Extent.Text.Length).Insert(variable.Extent.StartOffset - start, $"${{{Prefix}{name}}}");
        }

        return new RolloutScript(text.ToString(), variables);
    }
}
