using System.Globalization;
using System.Management.Automation.Language;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>
/// Reads a PowerShell data file with PowerShell's own parser into a tree that knows its lines. Nothing is run: only tables, lists, texts without variables,
/// numbers, $true, $false and $null are data.
/// </summary>
internal static class Psd1Reader
{
    private const int Depth = 64;
    private const string Syntax = "ConfigurationSyntax";

    /// <summary>Reads a text.</summary>
    /// <exception cref="LvsConfigurationException">It is no PowerShell data.</exception>
    internal static DocumentNode Read(string text, string? source)
    {
        ScriptBlockAst script = Parser.ParseInput(text, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            throw new LvsConfigurationException(
                [.. errors.Select(error => new ConfigurationProblem(
                    error.ErrorId == "DuplicateKeyInHashLiteral" ? "ConfigurationKeyTwice" : Syntax, new ConfigurationNote(error.Message, source, error.Extent.StartLineNumber)))]);
        }

        return script is { ParamBlock: null, BeginBlock: null, ProcessBlock: null, DynamicParamBlock: null, EndBlock: { Statements: [var only], Traps: null or { Count: 0 } } }
            ? Node(only, source, Depth)
            : throw Refusal(script, "A PowerShell data file is one table, @{ ... }, and nothing else.", source);
    }

    private static DocumentNode Node(Ast ast, string? source, int depth)
    {
        (int line, int column) = (ast.Extent.StartLineNumber, ast.Extent.StartColumnNumber);
        if (depth == 0)
        {
            throw Refusal(ast, "This is nested too deeply.", source);
        }

        switch (ast)
        {
            case PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0, Expression: var expression }] }:
                return Node(expression, source, depth);
            case ParenExpressionAst paren:
                return Node(paren.Pipeline, source, depth - 1);
            case HashtableAst table:
                return DocumentNode.OfMap(
                    [.. table.KeyValuePairs.Select(pair => new DocumentMember(Key(pair.Item1, source), pair.Item1.Extent.StartLineNumber, Node(pair.Item2, source, depth - 1)))],
                    line,
                    column);
            case ArrayLiteralAst list:
                return DocumentNode.OfArray([.. list.Elements.Select(element => Node(element, source, depth - 1))], line, column);
            case ArrayExpressionAst { SubExpression: { Traps: null or { Count: 0 } } inner }:
                // @( 1, 2 ), and @( one a line ).
                return DocumentNode.OfArray(
                    [
                        .. inner.Statements.Select(statement => (statement, Node: Node(statement, source, depth - 1)))
                            .SelectMany(each => each.Node.Kind == DocumentNodeKind.Array && IsList(each.statement) ? each.Node.Items : [each.Node]),
                    ],
                    line,
                    column);
            case StringConstantExpressionAst text:
                return DocumentNode.OfText(text.Value, line, column);
            case VariableExpressionAst variable:
                return variable.VariablePath.UserPath.ToUpperInvariant() switch
                {
                    "TRUE" => DocumentNode.OfBoolean(true, line, column),
                    "FALSE" => DocumentNode.OfBoolean(false, line, column),
                    "NULL" => DocumentNode.OfNull(line, column),
                    _ => throw NoData(ast, source),
                };
            case UnaryExpressionAst { TokenKind: TokenKind.Minus, Child: ConstantExpressionAst number } when Number(number.Value, true, line, column) is { } negative:
                return negative;
            case ConstantExpressionAst constant when Number(constant.Value, false, line, column) is { } node:
                return node;
            default:
                throw NoData(ast, source);
        }
    }

    // Of @( 1, 2 ) the list is the comma's; of @( @( 1, 2 ) ) the inner list is one element, which PowerShell would open too.
    private static bool IsList(StatementAst statement) => statement is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: ArrayLiteralAst or ArrayExpressionAst }] };

    private static string Key(ExpressionAst key, string? source) => key switch
    {
        StringConstantExpressionAst text => text.Value,
        ConstantExpressionAst constant => Convert.ToString(constant.Value, CultureInfo.InvariantCulture) ?? string.Empty,
        _ => throw NoData(key, source),
    };

    private static DocumentNode? Number(object? value, bool isNegative, int line, int column) => value switch
    {
        int or long or byte or short or sbyte or ushort or uint =>
            DocumentNode.OfNumber(isNegative ? -Convert.ToInt64(value, CultureInfo.InvariantCulture) : Convert.ToInt64(value, CultureInfo.InvariantCulture), line, column),
        double or decimal or ulong or float or System.Numerics.BigInteger => DocumentNode.OfNumber(
            (isNegative ? -1 : 1) * (value is System.Numerics.BigInteger big ? (double)big : Convert.ToDouble(value, CultureInfo.InvariantCulture)), line, column),
        _ => null,
    };

    private static LvsConfigurationException NoData(Ast ast, string? source)
    {
        string text = ast.Extent.Text.ReplaceLineEndings(" ");
        string shown = text.Length <= 40 ? text : $"{text[..37]}...";
        return Refusal(
            ast,
            $"'{shown}' is no data. A PowerShell data file has tables @{{ }}, lists @( ), texts in quotes without variables, numbers, $true, $false and $null; nothing in it is run.",
            source);
    }

    private static LvsConfigurationException Refusal(Ast ast, string message, string? source) =>
        new(Syntax, new ConfigurationNote(message, source, Math.Max(1, ast.Extent.StartLineNumber)));
}
