using System.Globalization;
using System.Text;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Reads the answer of a web server (RFC 9112): its status, and as much of the body as a probe looks at.</summary>
internal static class HttpAnswer
{
    private const int LongestHead = 64 * 1024;
    private const int LongestBody = 1024 * 1024;

    /// <summary>Reads an answer.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="wantsBody">Whether the body is wanted, up to a mebibyte.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The status, with its words, and the body as text; empty where it is not wanted.</returns>
    /// <exception cref="LvsProbeException">It is no such answer.</exception>
    internal static async ValueTask<(int Status, string Line, string Body)> ReadAsync(Stream stream, bool wantsBody, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[16 * 1024];
        string[] head;
        string line;
        int status;
        do
        {
            head = await ReadHeadAsync().ConfigureAwait(false);
            string[] words = head[0].Split(' ', 2);
            line = words[^1].Trim();
            if (!words[0].StartsWith("HTTP/", StringComparison.Ordinal) || words.Length < 2 || words[1].Length < 3
                || !int.TryParse(words[1].AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out status))
            {
                throw new LvsProbeException($"the answer is no web server's: {head[0]}");
            }
        }
        // Interim ones, such as 103 Early Hints, may come before the answer also unasked (RFC 9110, 15.2); behind 101 there is another protocol.
        while (status is >= 100 and < 200 and not 101);

        if (!wantsBody)
        {
            return (status, line, string.Empty);
        }

        bool isChunked = Header("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;
        long? length = long.TryParse(Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out long given) && !isChunked ? given : null;
        while (text.Length < (length ?? LongestBody) && text.Length < LongestBody && !(isChunked && text.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal))
            && await ReadMoreAsync().ConfigureAwait(false))
        {
        }

        string body = isChunked ? Unchunk(text.ToString()) : text.ToString();
        return (status, line, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));

        // One character a byte, so that lengths are those of the wire.
        async ValueTask<string[]> ReadHeadAsync()
        {
            int end;
            while ((end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            {
                if (!await ReadMoreAsync().ConfigureAwait(false))
                {
                    throw new LvsProbeException(text.Length == 0 ? "the server closed the connection without an answer" : "the server closed the connection within its answer");
                }

                if (text.Length > LongestHead)
                {
                    throw new LvsProbeException("the answer is no web server's");
                }
            }

            string[] lines = text.ToString(0, end).Split("\r\n");
            text.Remove(0, end + 4);
            return lines;
        }

        async ValueTask<bool> ReadMoreAsync()
        {
            int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            return count > 0;
        }

        string? Header(string name) => head.Skip(1).Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
    }

    private static string Unchunk(string text)
    {
        StringBuilder body = new();
        int offset = 0;
        while (text.IndexOf("\r\n", offset, StringComparison.Ordinal) is var end and >= 0
            && int.TryParse(text.AsSpan(offset, end - offset).ToString().Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length)
            && length > 0)
        {
            int from = end + 2;
            body.Append(text, from, Math.Min(length, text.Length - from));
            offset = from + length + 2;
            if (offset > text.Length)
            {
                break;
            }
        }

        return body.ToString();
    }
}
