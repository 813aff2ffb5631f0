using System.Text;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>The reply to <see cref="ShellServer.ReadMany"/>: a line with a letter for each file, and the files that could be read, with the separator before, between and behind.</summary>
internal static class ManyFiles
{
    /// <summary>What came of a file.</summary>
    /// <param name="Content">What it holds; null when it is not there.</param>
    /// <param name="Trouble">Whether it has to be asked for by itself, to hear what is the matter.</param>
    internal readonly record struct Part(byte[]? Content, bool Trouble);

    /// <summary>Takes a reply apart.</summary>
    /// <returns>What came of each file, in their order; null when the reply cannot be taken apart.</returns>
    internal static IReadOnlyList<Part>? Read(IReadOnlyList<string> paths, ShellResult result)
    {
        ReadOnlySpan<byte> left = result.Output;
        int end = left.IndexOf((byte)'\n');
        if (result.ExitCode != 0 || end != paths.Count)
        {
            return null;
        }

        string letters = Encoding.ASCII.GetString(left[..end]);
        left = left[(end + 1)..];
        ReadOnlySpan<byte> separator = left[..(left.IndexOf((byte)'\n') + 1)];
        left = left[separator.Length..];
        List<Part> parts = [];
        foreach (char letter in letters)
        {
            int length = letter == 'f' && separator.Length > 1 ? left.IndexOf(separator) : 0;
            if (length < 0)
            {
                return null;
            }

            parts.Add(letter switch
            {
                'f' => new Part(left[..length].ToArray(), false),
                'm' => new Part(null, false),
                _ => new Part(null, true),
            });
            left = letter == 'f' ? left[(length + separator.Length)..] : left;
        }

        return left.IsEmpty ? parts : null;
    }
}
