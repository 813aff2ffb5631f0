using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads JSON (RFC 8259) with comments and trailing commas, as people write it by hand, into a tree that knows its lines.</summary>
internal static class JsonDocumentReader
{
    // A document of ours has six levels. Deeper ones than this are refused, not followed to the end of the stack.
    private const int MaximumDepth = 64;

    /// <summary>Reads a text.</summary>
    /// <exception cref="LvsConfigurationException">It is no JSON (ConfigurationSyntax).</exception>
    internal static DocumentNode Read(string text, string? source)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Refusal("The text is empty.", source, 1);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        Lines lines = new(bytes);
        Utf8JsonReader reader = new(
            bytes, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaximumDepth });
        try
        {
            _ = reader.Read();
            DocumentNode root = ReadValue(ref reader, lines);
            // Only to see that nothing follows.
            _ = reader.Read();
            return root;
        }
        catch (JsonException exception)
        {
            // The runtime's message ends with the place, counted from 0.
            string message = exception.Message;
            int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw Refusal($"This is no JSON: {(place < 0 ? message : message[..place])}", source, (int)(exception.LineNumber ?? 0) + 1, exception);
        }
        catch (InvalidOperationException exception)
        {
            // A text with half a surrogate pair, such as "\ud800".
            throw Refusal($"This is no JSON: {exception.Message}", source, lines.Of(reader.TokenStartIndex).Line, exception);
        }
    }

    private static DocumentNode ReadValue(ref Utf8JsonReader reader, Lines lines)
    {
        (int line, int column) = lines.Of(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                List<DocumentMember> members = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    int at = lines.Of(reader.TokenStartIndex).Line;
                    _ = reader.Read();
                    members.Add(new DocumentMember(name, at, ReadValue(ref reader, lines)));
                }

                return DocumentNode.OfMap(members, line, column);
            case JsonTokenType.StartArray:
                List<DocumentNode> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader, lines));
                }

                return DocumentNode.OfArray(items, line, column);
            case JsonTokenType.String:
                return DocumentNode.OfText(reader.GetString()!, line, column);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out long whole)
                    ? DocumentNode.OfNumber(whole, line, column)
                    : DocumentNode.OfNumber(double.Parse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture), line, column);
            case JsonTokenType.True or JsonTokenType.False:
                return DocumentNode.OfBoolean(reader.TokenType == JsonTokenType.True, line, column);
            default:
                return DocumentNode.OfNull(line, column);
        }
    }

    private static LvsConfigurationException Refusal(string message, string? source, int line, Exception? cause = null) =>
        new([new ConfigurationProblem("ConfigurationSyntax", new ConfigurationNote(message, source, line))], cause);

    /// <summary>Where lines begin.</summary>
    private sealed class Lines
    {
        private readonly byte[] _bytes;
        private readonly List<int> _starts = [0];

        internal Lines(byte[] bytes)
        {
            _bytes = bytes;
            for (int index = 0; index < bytes.Length; index++)
            {
                if (bytes[index] == '\n')
                {
                    _starts.Add(index + 1);
                }
            }
        }

        /// <summary>The line and the column of a byte, each from 1.</summary>
        internal (int Line, int Column) Of(long offset)
        {
            int found = _starts.BinarySearch((int)offset);
            int line = found >= 0 ? found : ~found - 1;
            return (line + 1, Encoding.UTF8.GetCharCount(_bytes, _starts[line], (int)offset - _starts[line]) + 1);
        }
    }
}
