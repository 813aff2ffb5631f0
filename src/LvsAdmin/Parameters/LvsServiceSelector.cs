using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Parameters;

/// <summary>
/// What a user writes to choose virtual services: one exactly (<c>tcp/192.0.2.10:80</c>, <c>192.0.2.10:80</c>, <c>fwmark/7</c>), or several by
/// wildcard (<c>tcp/*</c>, <c>192.0.2.*:443</c>). Text is kept as it is and judged when it is used, so that one bad name among many is one error.
/// </summary>
public sealed class LvsServiceSelector
{
    private readonly WildcardPattern? _pattern;
    private readonly bool _anyProtocol;

    /// <summary>Takes a text as typed.</summary>
    public LvsServiceSelector(string text)
    {
        Text = text ?? string.Empty;
        if (SelectorText.HasWildcard(Text))
        {
            _pattern = SelectorText.ToPattern(Text);
            _anyProtocol = !Text.Contains('/', StringComparison.Ordinal);
        }
        else if (LvsServiceId.TryParse(Text, out LvsServiceId? id, out string? refusal))
        {
            Id = id;
        }
        else
        {
            Refusal = refusal;
        }
    }

    /// <summary>Chooses one service.</summary>
    public LvsServiceSelector(LvsServiceId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        Id = id;
        Text = id.ToString();
    }

    /// <summary>Chooses the service that was read from a director.</summary>
    public LvsServiceSelector(LvsVirtualService service)
        : this(service?.VirtualService ?? throw new ArgumentNullException(nameof(service)))
    {
    }

    /// <summary>The text as typed.</summary>
    public string Text { get; }

    /// <summary>The service, when exactly one is named.</summary>
    public LvsServiceId? Id { get; }

    /// <summary>Whether several services may be chosen.</summary>
    public bool IsWildcard => _pattern is not null;

    /// <summary>Why the text chooses nothing, when it is no name and no wildcard.</summary>
    internal string? Refusal { get; }

    /// <summary>Whether a service is among the chosen ones.</summary>
    /// <param name="id">The service. A wildcard without a protocol chooses among all protocols.</param>
    public bool Matches(LvsServiceId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (_pattern is null)
        {
            return id == Id;
        }

        string text = id.ToString();
        return _pattern.IsMatch(_anyProtocol ? text[(text.IndexOf('/', StringComparison.Ordinal) + 1)..] : text);
    }

    /// <summary>The text as typed.</summary>
    public override string ToString() => Text;
}
