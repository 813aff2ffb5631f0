using System.Management.Automation;
using System.Net;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>
/// What a user writes to choose real servers of a service: one exactly (<c>192.0.2.21:8080</c>), all ports of an address
/// (<c>192.0.2.21</c>), or several by wildcard (<c>192.0.2.2?</c>). Text is kept as it is and judged when it is used.
/// </summary>
public sealed class LvsServerSelector
{
    private readonly WildcardPattern? _pattern;

    /// <summary>Takes a text as typed.</summary>
    public LvsServerSelector(string text)
    {
        Text = text ?? string.Empty;
        if (SelectorText.HasWildcard(Text))
        {
            _pattern = SelectorText.ToPattern(Text);
        }
        else if (LvsServerId.TryParse(Text, out LvsServerId? id, out string? refusal))
        {
            Id = id;
        }
        else
        {
            Refusal = refusal;
        }
    }

    /// <summary>Chooses one server, or all ports of its address when it has none.</summary>
    public LvsServerSelector(LvsServerId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        Id = id;
        Text = id.ToString();
    }

    /// <summary>Chooses the server that was read from a director.</summary>
    public LvsServerSelector(LvsRealServer server)
        : this(server?.RealServer ?? throw new ArgumentNullException(nameof(server)))
    {
    }

    /// <summary>Chooses all ports of an address.</summary>
    public LvsServerSelector(LvsAddress address)
        : this(new LvsServerId(address))
    {
    }

    /// <summary>Chooses all ports of an address.</summary>
    public LvsServerSelector(IPAddress address)
        : this(LvsAddress.From(address))
    {
    }

    /// <summary>The text as typed.</summary>
    public string Text { get; }

    /// <summary>The server, when an address is named; without a port when all ports of it are meant.</summary>
    public LvsServerId? Id { get; }

    /// <summary>Whether servers of several addresses may be chosen.</summary>
    public bool IsWildcard => _pattern is not null;

    /// <summary>Why the text chooses nothing, when it is no name and no wildcard.</summary>
    internal string? Refusal { get; }

    /// <summary>Whether a server is among the chosen ones.</summary>
    /// <param name="id">The server, with its port. A wildcard is held against the address alone as well as against address and port.</param>
    public bool Matches(LvsServerId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (_pattern is not null)
        {
            return _pattern.IsMatch(id.ToString()) || _pattern.IsMatch(id.Address.ToString());
        }

        return Id is not null && id.Address == Id.Address && (Id.Port is null || Id.Port == id.Port);
    }

    /// <summary>The text as typed.</summary>
    public override string ToString() => Text;
}
