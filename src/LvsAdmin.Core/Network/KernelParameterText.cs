using System.Collections;
using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Turns values of kernel parameters into the text of their files, and back.</summary>
internal static class KernelParameterText
{
    private const string SyncThreshold = "sync_threshold";
    private const string SyncPorts = "sync_ports";

    // Their modes 1 and 2 are one to the user: the kernel moves between them by itself (update_defense_level, ip_vs_ctl.c).
    private static readonly HashSet<string> Defences = new(StringComparer.Ordinal) { "drop_entry", "drop_packet", "secure_tcp" };

    /// <summary>The text of a file with its words one space apart: the kernel separates numbers by tabs.</summary>
    internal static string Normalize(string content) => string.Join(' ', content.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether the text of a switch's file says on; not where the kernel has no such file.</summary>
    internal static bool IsSet(string? content) => content?.Trim() is not (null or "0");

    /// <summary>A bool, a long or a string, by the kind of the parameter; a number where an unknown parameter holds one.</summary>
    internal static object Typed(LvsKernelParameterDefinition? definition, string text) =>
        definition?.Kind == LvsKernelParameterKind.Text || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? text
            : definition?.Kind == LvsKernelParameterKind.Switch ? number != 0 : number;

    /// <summary>Whether two texts mean the same to the kernel.</summary>
    internal static bool AreSame(string name, LvsKernelParameterDefinition? definition, string observed, string wanted) =>
        Equals(Typed(definition, observed), Typed(definition, wanted))
        || (Defences.Contains(name) && observed is "1" or "2" && wanted is "1" or "2");

    /// <summary>The text for a value that a user gave.</summary>
    /// <exception cref="LvsValidationException">The parameter does not take it (InvalidKernelParameterValue).</exception>
    internal static string Format(string name, LvsKernelParameterDefinition? definition, object value)
    {
        string text = Normalize(value switch
        {
            bool on => on ? "1" : "0",
            string given => given,
            IEnumerable several => string.Join(' ', several.Cast<object?>().Select(Invariant)),
            _ => Invariant(value),
        });
        return definition?.Kind switch
        {
            LvsKernelParameterKind.Switch => FormatSwitch(name, text),
            LvsKernelParameterKind.Number => FormatNumber(definition, value, text),
            _ => name == SyncThreshold ? CheckThreshold(text) : text,
        };
    }

    private static string Invariant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;

    private static string FormatSwitch(string name, string text) => text.ToUpperInvariant() switch
    {
        "1" or "TRUE" or "ON" => "1",
        "0" or "FALSE" or "OFF" => "0",
        _ => throw Refused(name, text, "it is a switch, and takes true or false, 1 or 0"),
    };

    private static string FormatNumber(LvsKernelParameterDefinition definition, object value, string text)
    {
        // Not by text alone: true is no number, though the file would take it as 1.
        if (value is bool || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            throw Refused(definition.Name, value is bool ? $"{value}" : text, $"it takes a whole number{Range(definition)}");
        }

        if (number < definition.Minimum || number > (definition.Maximum ?? int.MaxValue))
        {
            throw Refused(definition.Name, text, $"it takes a whole number{Range(definition)}");
        }

        // The kernel refuses others too (proc_do_sync_ports), without a reason.
        return definition.Name == SyncPorts && !long.IsPow2(number)
            ? throw Refused(definition.Name, text, "it takes a power of two from 1 to 64")
            : number.ToString(CultureInfo.InvariantCulture);
    }

    // The kernel refuses others too (proc_do_sync_threshold), without a reason.
    private static string CheckThreshold(string text) =>
        text.Split(' ') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int threshold)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int period)
        && (threshold < period || period == 0)
            ? text
            : throw Refused(SyncThreshold, text, "it takes two whole numbers, such as '3 50', of which the first is smaller unless the second is 0");

    private static string Range(LvsKernelParameterDefinition definition) =>
        string.Create(CultureInfo.InvariantCulture, $" from {definition.Minimum ?? int.MinValue} to {definition.Maximum ?? int.MaxValue}");

    private static LvsValidationException Refused(string name, string text, string what) =>
        new("InvalidKernelParameterValue", $"'{text}' is no value for net.ipv4.vs.{name}: {what}.");
}
