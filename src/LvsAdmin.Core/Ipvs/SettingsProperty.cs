using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>One property of settings by its name, for those who compare settings or show them.</summary>
/// <param name="Name">The name, as the cmdlets' parameters have it.</param>
/// <param name="Value">The value; null where it is the one that nobody names (no threshold, a plain tunnel).</param>
/// <param name="Unit">The unit of the value; null for none.</param>
public sealed record SettingsProperty(string Name, object? Value, string? Unit = null)
{
    /// <summary>The value as text, with its unit; null when there is none.</summary>
    public string? Text => Value switch
    {
        null => null,
        true => "yes",
        false => "no",
        IFormattable number => WithUnit(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => WithUnit(Value.ToString() ?? string.Empty),
    };

    private string WithUnit(string text) => Unit is null ? text : $"{text} {Unit}";
}
