using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>A count, or a share of a whole.</summary>
/// <param name="Value">The count from 0, or the share from 0 to 100.</param>
/// <param name="IsPercent">Whether it is a share.</param>
public readonly record struct RolloutQuantity(int Value, bool IsPercent)
{
    /// <summary>Reads <c>2</c> or <c>25%</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is for, as a message names it.</param>
    /// <exception cref="LvsValidationException">It is neither (InvalidQuantity).</exception>
    public static RolloutQuantity Parse(string text, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        bool isPercent = trimmed.EndsWith('%');
        return int.TryParse(isPercent ? trimmed[..^1] : trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && (!isPercent || value <= 100)
            ? new RolloutQuantity(value, isPercent)
            : throw new LvsValidationException("InvalidQuantity", $"'{text}' is no {what}: it is a count such as 2, or a share such as 25%.");
    }

    /// <summary>How many of a whole at most: a share is rounded down.</summary>
    public int AtMost(int whole) => IsPercent ? (int)((long)whole * Value / 100) : Value;

    /// <summary>How many of a whole at least: a share is rounded up.</summary>
    public int AtLeast(int whole) => IsPercent ? (int)((((long)whole * Value) + 99) / 100) : Value;

    /// <summary>The text that was read.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value}{(IsPercent ? "%" : string.Empty)}");
}
