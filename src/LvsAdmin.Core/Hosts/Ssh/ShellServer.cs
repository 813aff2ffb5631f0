using System.Text;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// What runs at the other end: a loop in POSIX sh (dash, BusyBox ash, bash) that reads requests from its standard input. A request is a line with an operation and a
/// count, and as many lines with an argument each; an argument is data and never evaluated. The reply is raw output, then on standard output a line
/// <c>NONCE STATUS HAS-ERRORS</c>, and where HAS-ERRORS is 1 on standard error a line <c>NONCE</c>, each after a line's end of its own. The nonce is random, and new
/// for each connection: no output can hold it by chance.
/// </summary>
internal static class ShellServer
{
    /// <summary>The version of requests and replies, which the first reply tells.</summary>
    internal const string ProtocolVersion = "1";

    /// <summary>The status of a reply for a file, a directory or a program that is not there.</summary>
    internal const string Missing = "missing";

    /// <summary>Separates the files in a reply to <see cref="ReadMany"/>: every Linux has it, it holds a random number, and only the kernel can write it.</summary>
    internal const string Separator = "/proc/sys/kernel/random/boot_id";

    internal const string Read = "read";
    internal const string ReadMany = "many";
    internal const string List = "list";
    internal const string WriteKernel = "set";
    internal const string Write = "write";
    internal const string Remove = "remove";
    internal const string Run = "run";
    internal const string Relay = "relay";

    /// <summary>
    /// What the login shell of the host gets: it may be any, and reads no more than this. The text of the loop comes by standard input, read byte by byte and so
    /// not a byte too far; a shell that read its script from there would swallow the requests behind it.
    /// </summary>
    internal const string Command = "sh -c 'IFS= read -r x; eval \"$x\"' lvsadmin";

    // Each process costs a millisecond, so there are few: no file is read by `read`, though, for a parameter of the kernel gives dash only its first character.
    // Lines are joined by blanks before they are sent: each ends as a command does, and none holds a comment.
    private const string Source = """
        IFS= read -r N;
        umask 022; export LC_ALL=C; unset LANGUAGE CDPATH ENV BASH_ENV;
        export PATH="${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin";
        B=/proc/sys/kernel/random/boot_id; L=; K=; U=; I=none;
        [ -r /proc/version ] && read -r L a K b </proc/version;
        [ -r /proc/self/status ] && while read -r a b c d; do case $a in Uid:) U=$c; break;; esac; done </proc/self/status;
        for a in python3 perl; do command -v $a >/dev/null 2>&1 && I=$a; done;
        printf '\n%s\n' "$N" >&2;
        printf '\n%s hello 1 %s %s %s %s\n' "$N" "${L:-none}" "${K:-none}" "${U:-none}" "$I";
        while IFS=' ' read -r O n; do
          set --;
          while [ "$n" -gt 0 ]; do
            IFS= read -r a || exit 1;
            case $a in *\\*) a=$(printf '%b_' "$a"); a=${a%_};; esac;
            set -- "$@" "$a"; n=$((n-1));
          done;
          s=0; e=1;
          case $O in
          read) cat -- "$1" </dev/null; s=$?;;
          many)
            l=; n=$#;
            while [ "$n" -gt 0 ]; do
              a=$1; shift; n=$((n-1));
              if [ -f "$a" ] && [ -r "$a" ]; then l=${l}f; set -- "$@" "$a" "$B";
              elif [ ! -e "$a" ] && [ -x "${a%/*}/" ]; then l=${l}m;
              else l=${l}x; fi;
            done;
            printf '%s\n' "$l";
            if [ $# -eq 0 ]; then e=0; else cat -- "$B" "$@" </dev/null; s=$?; fi;;
          list)
            if [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ]; then
              d=$1; set --; e=0;
              for a in "$d"/* "$d"/.[!.]* "$d"/..?*; do
                case $a in "$d/*"|"$d/.[!.]*"|"$d/..?*") [ -e "$a" ] || [ -L "$a" ] || continue;; esac;
                set -- "$@" "${a##*/}";
              done;
              [ $# -eq 0 ] || printf '%s\0' "$@";
            elif [ ! -e "$1" ] && [ -x "${1%/*}/" ]; then s=missing; e=0;
            else ls -- "$1/" </dev/null >/dev/null; s=$?; fi;;
          set)
            if [ ! -e "$1" ]; then s=missing; e=0;
            elif (exec >"$1" && printf %s "$2") 2>/dev/null; then e=0;
            else printf %s "$2" | cat >"$1"; s=$?; fi;;
          write)
            (
              t=$1;
              if [ -L "$t" ]; then t=$(readlink -f -- "$t") || exit 1; fi;
              if [ -d "$t" ]; then echo "$t: Is a directory" >&2; exit 1; fi;
              d=${t%/*}; [ -d "$d/" ] || mkdir -p -- "$d" || exit 1;
              m=$2;
              if [ -z "$m" ]; then m=644; if [ -f "$t" ]; then m=$(stat -c %a -- "$t") || exit 1; fi; fi;
              f=$d/.${t##*/}.$4; umask 077; set -C;
              printf %s "$3" >"$f" && chmod -- "$m" "$f" && { sync -- "$f" || sync; } 2>/dev/null && mv -f -- "$f" "$t" && exit 0;
              rm -f -- "$f"; exit 1;
            ) </dev/null; s=$?;;
          remove) rm -f -- "$1" </dev/null; s=$?;;
          run)
            i=$1; a=$2; shift 2;
            if ! command -v -- "$1" >/dev/null 2>&1; then s=missing; e=0;
            elif [ "$i" = 1 ]; then printf %s "$a" 2>/dev/null | (exec "$@"); s=$?;
            else (exec "$@") </dev/null; s=$?; fi;
            a=;;
          relay) exec "$@" "$x";;
          *) s=unknown; e=0;;
          esac;
          [ "$e" = 0 ] || printf '\n%s\n' "$N" >&2;
          printf '\n%s %s %s\n' "$N" "$s" "$e";
        done
        """;

    /// <summary>The text of the loop in one line: what the other end reads first.</summary>
    internal static string Text { get; } = string.Join(' ', Source.Split('\n').Select(line => line.Trim()));

    /// <summary>A request as it is sent.</summary>
    /// <exception cref="ArgumentException">An argument holds the character NUL, which no path, no argument of a program and no text of a shell can hold.</exception>
    internal static byte[] Request(string operation, params string[] arguments)
    {
        StringBuilder text = new();
        text.Append(operation).Append(' ').Append(arguments.Length).Append('\n');
        foreach (string argument in arguments)
        {
            Escape(text, argument);
            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // As printf's %b takes it back: control characters in octal, and a backslash before a backslash.
    private static void Escape(StringBuilder text, string argument)
    {
        foreach (char letter in argument)
        {
            switch (letter)
            {
                case '\0':
                    throw new ArgumentException("A text for a host over SSH cannot hold the character NUL.", nameof(argument));
                case '\\':
                    text.Append(@"\\");
                    break;
                case < ' ' or '\x7f':
                    text.Append(@"\0").Append((char)('0' + (letter >> 6))).Append((char)('0' + ((letter >> 3) & 7))).Append((char)('0' + (letter & 7)));
                    break;
                default:
                    text.Append(letter);
                    break;
            }
        }
    }
}
