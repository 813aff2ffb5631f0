using System.Text;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Cuts what comes in pieces into lines, which end with a line feed, or with a carriage return and a line feed.</summary>
/// <param name="limit">How many bytes a line may have.</param>
internal sealed class LineSplitter(int limit)
{
    private byte[] _text = [];
    private int _start;

    /// <summary>Whether what was left over is longer than a line may be.</summary>
    internal bool IsTooLong => _text.Length - _start > limit;

    /// <summary>Adds a piece behind what was left over.</summary>
    internal void Add(byte[] piece)
    {
        _text = _start == _text.Length ? piece : [.. _text.AsSpan(_start), .. piece];
        _start = 0;
    }

    /// <summary>Takes the next whole line.</summary>
    internal bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? line)
    {
        ReadOnlySpan<byte> left = _text.AsSpan(_start);
        int end = left.IndexOf((byte)'\n');
        line = end >= 0 ? Text(left[..end]) : null;
        _start += end + 1;
        return end >= 0;
    }

    /// <summary>Takes what stands behind the last line's end; null when nothing does.</summary>
    internal string? TakeLast() => _start < _text.Length ? Text(_text.AsSpan(_start)) : null;

    private static string Text(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line is [.. var text, (byte)'\r'] ? text : line);
}
