using System.Globalization;
using System.Management.Automation;

namespace LvsAdmin.Parameters;

/// <summary>Lets a duration be typed as seconds (90, 0.5), with a unit (500ms, 90s, 5m, 2h) or as a TimeSpan and its text form (00:05:00).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    // A timer of .NET takes no more than 49 days, and who waits longer than one has another plan.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        TimeSpan? duration = value switch
        {
            TimeSpan given => given,
            int or long or double or decimal or uint or short or byte => Seconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            string text => Parse(text.Trim()),
            _ => null,
        };
        return duration >= TimeSpan.Zero && duration <= Longest
            ? duration
            : throw new ArgumentTransformationMetadataException(
                $"'{inputData}' is no duration from 0 to 24 hours: write seconds (90), a unit (500ms, 90s, 5m, 2h) or hours, minutes and seconds (00:05:00).");
    }

    private static TimeSpan? Parse(string text)
    {
        if (Number(text) is { } seconds)
        {
            return Seconds(seconds);
        }

        foreach ((string suffix, double unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && Number(text[..^suffix.Length].TrimEnd()) is { } count)
            {
                return Seconds(count * unit);
            }
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null;
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static TimeSpan? Seconds(double seconds) => seconds >= 0 && seconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
}
