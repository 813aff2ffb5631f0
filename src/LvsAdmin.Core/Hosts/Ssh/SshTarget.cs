using System.Collections.Frozen;
using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// Where and how to connect by SSH. Equal values mean the same connection. Nothing of it can be taken for an option or for shell text: what could be is refused.
/// </summary>
public sealed record SshTarget
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    private readonly string? _userName;
    private readonly int? _port;
    private readonly string? _keyFilePath;
    private readonly TimeSpan _connectingTimeout = TimeSpan.FromSeconds(15);
    private readonly FrozenDictionary<string, string> _options = FrozenDictionary<string, string>.Empty;

    /// <summary>Names a host.</summary>
    /// <param name="host">A name that ssh knows, from ssh_config or DNS, or an address without brackets.</param>
    /// <exception cref="LvsValidationException">It is neither (InvalidHostName).</exception>
    public SshTarget(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = SshTargetText.CheckHost(host);
    }

    /// <summary>The name, or the address without brackets.</summary>
    public string Host { get; }

    /// <summary>Who to log in as; null for what ssh_config says.</summary>
    /// <exception cref="LvsValidationException">No name that passes ssh and shells unread (InvalidUserName).</exception>
    public string? UserName
    {
        get => _userName;
        init => _userName = value is null ? null : SshTargetText.CheckUser(value);
    }

    /// <summary>The port, 1 to 65535; null for what ssh_config says.</summary>
    /// <exception cref="LvsValidationException">Out of range (InvalidHostPort).</exception>
    public int? Port
    {
        get => _port;
        init => _port = value is null or (>= 1 and <= 65535)
            ? value
            : throw new LvsValidationException("InvalidHostPort", $"{value} is no port: ports are from 1 to 65535.");
    }

    /// <summary>The private key to log in with, as a path on this machine; null for what ssh finds by itself.</summary>
    /// <exception cref="LvsValidationException">ssh would read something else into the path (InvalidKeyFilePath).</exception>
    public string? KeyFilePath
    {
        get => _keyFilePath;
        init => _keyFilePath = value is null ? null : SshTargetText.CheckKeyFile(value);
    }

    /// <summary>Further options of ssh by name (ssh_config(5)), as <c>ssh -o</c> takes them. Names are compared without regard to case.</summary>
    /// <exception cref="LvsValidationException">One that cannot be given, or that would turn off what is needed (InvalidSshOption).</exception>
    public IReadOnlyDictionary<string, string> Options
    {
        get => _options;
        init => _options = SshTargetText.CheckOptions(value);
    }

    /// <summary>How long connecting may take, from the start of ssh to the first word of the host's shell: 1 second to 1 day, 15 seconds unless told.</summary>
    /// <exception cref="LvsValidationException">Out of range (InvalidConnectingTimeout).</exception>
    public TimeSpan ConnectingTimeout
    {
        get => _connectingTimeout;
        init => _connectingTimeout = value >= TimeSpan.FromSeconds(1) && value <= LongestTimeout
            ? value
            : throw new LvsValidationException("InvalidConnectingTimeout", $"{value} is no time to wait for a connection: 1 second to 1 day are.");
    }

    /// <summary>Whether all work on the host is done under <c>sudo -n</c>.</summary>
    public bool Sudo { get; init; }

    /// <summary>Reads <c>user@host:port</c>, where user and port may be left out: <c>rs1</c>, <c>root@rs1:2222</c>, <c>2001:db8::21</c>, <c>[2001:db8::21]:22</c>.</summary>
    /// <exception cref="LvsValidationException">The text is none of these (InvalidHostName; the parts have ids of their own).</exception>
    public static SshTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Accounts of a directory service have an @ of their own.
        int at = text.LastIndexOf('@');
        string rest = text[(at + 1)..];
        (string host, string? port) = SshTargetText.SplitPort(rest);
        return new SshTarget(host)
        {
            UserName = at < 0 ? null : text[..at],
            Port = port is null ? null : SshTargetText.ReadPort(text, port),
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads: <c>user@host:port</c>.</summary>
    public override string ToString()
    {
        string host = _port is { } port
            ? string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{port}")
            : Host;
        return _userName is null ? host : $"{_userName}@{host}";
    }

    /// <inheritdoc/>
    public bool Equals(SshTarget? other) =>
        other is not null
        && Host == other.Host && _userName == other._userName && _port == other._port && _keyFilePath == other._keyFilePath
        && _connectingTimeout == other._connectingTimeout && Sudo == other.Sudo
        && _options.Count == other._options.Count
        && _options.All(option => other._options.TryGetValue(option.Key, out string? value) && value == option.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Host, _userName, _port, _keyFilePath, _connectingTimeout, Sudo, _options.Count);
}
