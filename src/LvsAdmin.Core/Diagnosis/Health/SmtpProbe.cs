using System.Runtime.CompilerServices;
using System.Text;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Greets a mail server (RFC 5321): its banner, EHLO, NOOP, QUIT.</summary>
public sealed class SmtpProbe : HealthProbe
{
    private const int LongestReply = 64 * 1024;

    /// <summary>The name by which to greet.</summary>
    public string ClientName { get; init; } = "lvsadmin.invalid";

    private protected override async ValueTask RunAsync(IProbePath path, Course course, CancellationToken cancellationToken)
    {
        Stream stream = await ConnectAsync(path, course, cancellationToken).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable owned = stream.ConfigureAwait(false);
        course.Begin("Smtp", "220, then 250 to EHLO and NOOP");
        string banner = await ReplyAsync("the banner", "220").ConfigureAwait(false);
        await SayAsync($"EHLO {ClientName}", "250").ConfigureAwait(false);
        await SayAsync("NOOP", "250").ConfigureAwait(false);
        await stream.WriteAsync("QUIT\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        course.Pass(banner);

        async ValueTask SayAsync(string command, string code)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken).ConfigureAwait(false);
            await ReplyAsync(command.Split(' ')[0], code).ConfigureAwait(false);
        }

        // The last line of a reply has no hyphen behind its code.
        async ValueTask<string> ReplyAsync(string to, string code)
        {
            StringBuilder reply = new();
            byte[] buffer = new byte[1024];
            while (true)
            {
                string[] lines = reply.ToString().Split("\r\n");
                if (lines.Length > 1 && lines[..^1].FirstOrDefault(line => line.Length < 4 || line[3] != '-') is { } last)
                {
                    return last.StartsWith(code, StringComparison.Ordinal) ? last : throw new LvsProbeException($"to {to}: {last}");
                }

                int length = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (length == 0 || reply.Length > LongestReply)
                {
                    throw new LvsProbeException(length == 0 ? $"the server closed the connection instead of an answer to {to}" : "the answer is too long for a mail server's");
                }

                reply.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
    }
}
