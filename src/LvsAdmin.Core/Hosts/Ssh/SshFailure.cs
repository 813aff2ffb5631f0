using System.Text;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Why a connection could not be made, or ended.</summary>
/// <param name="Error">The kind.</param>
/// <param name="Message">What happened and what to do about it.</param>
internal sealed record SshFailure(LvsHostError Error, string Message)
{
    private const int SshFailed = 255;
    private const int NotExecutable = 126;
    private const int NotFound = 127;
    private const int QuotedLines = 4;
    private const int QuotedLength = 600;

    /// <summary>Whether another try may help: the other side closed the connection before keys were exchanged, as sshd does under load (sshd_config(5), MaxStartups).</summary>
    internal bool MayBeLoad { get; init; }

    /// <summary>The exception for one that waits.</summary>
    /// <param name="request">What was asked, in words; null when it is the connection itself.</param>
    internal LvsConnectionException ToException(string? request) => new(
        Error, request is not null && Error is LvsHostError.ConnectionLost or LvsHostError.BadReply ? $"{Message} It was asked to {request}." : Message);

    /// <summary>Why ssh ended.</summary>
    /// <param name="target">Where it should have connected to.</param>
    /// <param name="host">The host's name for messages.</param>
    /// <param name="exitCode">Its exit status, which is the remote command's unless it is 255; null when it had to be killed.</param>
    /// <param name="words">What came on standard error, of ssh and of the host.</param>
    /// <param name="wasOpen">Whether the other end had taken requests.</param>
    internal static SshFailure Of(SshTarget target, string host, int? exitCode, string words, bool wasOpen)
    {
        string quoted = Quote(words);
        string said = quoted.Length == 0 ? string.Empty : $" ssh said: {quoted}";
        if (wasOpen)
        {
            return new SshFailure(LvsHostError.ConnectionLost, $"The connection to {host} was lost.{said}");
        }

        return exitCode switch
        {
            SshFailed => OfSsh(target, host, words, quoted),
            // It said why, and was ended before it did so itself.
            null when quoted.Length > 0 => OfSsh(target, host, words, quoted),
            _ when Says("sudo: a password is required") || Says("sudo: a terminal is required") || Says("sudo: sorry, you must have a tty") => new SshFailure(
                LvsHostError.SudoRefused, $"sudo on {host} wants a password, and is never given one: allow {User(target)} to run sh with NOPASSWD in sudoers(5), or log in as root. sudo said: {quoted}"),
            _ when Says("is not in the sudoers file") || Says("is not allowed to") || Says("may not run sudo") || words.Contains("\nsudo: ", StringComparison.Ordinal) || words.StartsWith("sudo: ", StringComparison.Ordinal) => new SshFailure(
                LvsHostError.SudoRefused, $"sudo on {host} refuses {User(target)}: allow it in sudoers(5), or log in as root. sudo said: {quoted}"),
            NotFound when target.Sudo && Says("sudo") => new SshFailure(LvsHostError.ProgramMissing, HostErrors.ProgramMissingText("sudo", host)),
            NotFound or NotExecutable => new SshFailure(LvsHostError.ProgramMissing, $"The program 'sh' cannot be run on {host}. It said: {quoted}"),
            { } code => new SshFailure(LvsHostError.BadReply, $"{host} let {User(target)} in and ended the session with status {code} before a shell could be used: does the user have a login shell, or a forced command? It said: {(quoted.Length == 0 ? "nothing" : quoted)}"),
            null => new SshFailure(LvsHostError.ConnectionLost, $"The connection to {host} was lost.{said}"),
        };

        bool Says(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The host did not get so far in time.</summary>
    internal static SshFailure Timeout(SshTarget target, string host, string words)
    {
        string quoted = Quote(words);
        return new SshFailure(
            LvsHostError.ConnectionTimeout,
            $"{host} did not come to take requests within {target.ConnectingTimeout.TotalSeconds} s: is the address right, and does nothing in the way drop the packets? -ConnectingTimeout gives it more time."
            + (quoted.Length == 0 ? string.Empty : $" ssh said: {quoted}"));
    }

    /// <summary>The other end said what nobody expected.</summary>
    internal static SshFailure BadReply(string host, string what, string words)
    {
        string quoted = Quote(words);
        return new SshFailure(
            LvsHostError.BadReply, $"{host} does not answer as it was agreed: {what}. The connection was closed." + (quoted.Length == 0 ? string.Empty : $" It said: {quoted}"));
    }

    /// <summary>The last lines of a text for a message: bounded, and without what a terminal would obey.</summary>
    internal static string Quote(string words)
    {
        string[] lines = [.. words.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Printable).Where(line => line.Any(letter => letter is not ('@' or ' '))).TakeLast(QuotedLines)];
        string text = string.Join(" | ", lines);
        return text.Length <= QuotedLength ? text : "…" + text[^QuotedLength..];
    }

    private static string Printable(string line)
    {
        StringBuilder text = new(line.Length);
        foreach (Rune rune in line.EnumerateRunes())
        {
            text.Append(Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format ? "?" : rune.ToString());
        }

        return text.ToString();
    }

    // The words of OpenSSH's ssh.c, sshconnect.c, sshconnect2.c, packet.c and clientloop.c, from 6.6 on; getaddrinfo's as three systems have them.
    private static SshFailure OfSsh(SshTarget target, string host, string words, string quoted)
    {
        string said = $" ssh said: {quoted}";
        if (Says("HOST IDENTIFICATION HAS CHANGED") || Says("has changed and you have requested strict checking") || Says("REVOKED HOST KEY"))
        {
            return new SshFailure(
                LvsHostError.HostKeyChanged,
                $"{host} shows another key than the known one: either it was installed anew, or somebody stands in between. Find out which; if it was installed anew, remove the old key (ssh-keygen -R {target.Host}) and take the new one after comparing its fingerprint.{said}");
        }

        if (Says("Host key verification failed") || Says("host key is known for"))
        {
            return new SshFailure(
                LvsHostError.HostKeyUnknown,
                $"The key of {host} is not known yet, and is never taken unseen: connect once with 'ssh {target.Host}' and compare the fingerprint, or add the key to known_hosts (ssh-keyscan {target.Host}, compared with the host's own).{said}");
        }

        // A jump host's words come before those of the connection that failed through it.
        if (Says("Could not resolve hostname") || Says("Name or service not known") || Says("nodename nor servname") || Says("Temporary failure in name resolution") || Says("No such host is known"))
        {
            return new SshFailure(LvsHostError.NameResolutionFailed, $"The name of {host}, or of a jump host before it, leads to no address.{said}");
        }

        if (Says("Connection refused"))
        {
            return new SshFailure(LvsHostError.ConnectionRefused, $"Nothing listens on the SSH port of {host}: is sshd running there, and is it this port?{said}");
        }

        if (Says("No route to host") || Says("Network is unreachable") || Says("Host is down") || Says("Network is down") || Says("Cannot assign requested address"))
        {
            return new SshFailure(LvsHostError.HostUnreachable, $"No way leads to {host}.{said}");
        }

        if (Says("timed out") || Says("not responding"))
        {
            return Timeout(target, host, words);
        }

        if (Says("Permission denied (") || Says("Too many authentication failures") || Says("No more authentication methods") || Says("Authentication failed"))
        {
            return new SshFailure(
                LvsHostError.AuthenticationFailed,
                $"{host} takes none of the keys that ssh offers for {User(target)}: is it the right user, is the key in its authorized_keys, and is it in the agent or named by -KeyFilePath? A password is never asked for.{said}");
        }

        bool dropped = Says("kex_exchange_identification") || Says("ssh_exchange_identification") || Says("Connection closed by") || Says("Connection reset by") || Says("banner exchange");
        bool noServer = Says("invalid format") || Says("invalid characters") || Says("bad protocol version") || Says("Bad remote protocol version");
        return (dropped, noServer) switch
        {
            (_, true) => new SshFailure(LvsHostError.BadReply, $"What answers on the SSH port of {host} is no SSH server: is it this port?{said}"),
            (true, _) => new SshFailure(
                LvsHostError.ConnectionLost, $"{host}, or a jump host before it, closed the connection before anything was said: it may have too many connections at once (MaxStartups in sshd_config), or not allow this address.{said}")
            {
                MayBeLoad = !Says("open failed") && !Says("stdio forwarding failed"),
            },
            _ => new SshFailure(LvsHostError.Failed, $"ssh could not connect to {host}: {(quoted.Length == 0 ? "it said nothing" : quoted)}"),
        };

        bool Says(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private static string User(SshTarget target) => target.UserName is { } user ? $"the user {user}" : "the user";
}
