using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>What somebody has looked at and approved: a plan of this process, or one that was in a file or another session meanwhile.</summary>
/// <param name="Configuration">The desired state.</param>
/// <param name="Fingerprint">The state of the director that it was made from.</param>
/// <param name="Prune">Whether services that the document does not name go.</param>
/// <param name="MinimumAvailable">The minimum that was asked for; null for the document's.</param>
/// <param name="MinimumIsPercent">Whether that is in percent.</param>
internal sealed record ApprovedPlan(LvsConfiguration Configuration, string Fingerprint, bool Prune, int? MinimumAvailable, bool MinimumIsPercent)
{
    private static readonly string TypeName = typeof(LvsPlan).FullName!;

    /// <summary>Whether an object is a plan.</summary>
    internal static bool IsPlan([NotNullWhen(true)] PSObject? value) =>
        value is not null && (value.BaseObject is LvsPlan || value.TypeNames.FirstOrDefault() == $"Deserialized.{TypeName}");

    /// <summary>What an object approves.</summary>
    /// <exception cref="LvsValidationException">It is no plan.</exception>
    internal static ApprovedPlan Of(PSObject value)
    {
        if (value.BaseObject is LvsPlan plan)
        {
            return new ApprovedPlan(plan.Configuration, plan.Fingerprint, plan.Prune, plan.MinimumAvailable, plan.MinimumIsPercent);
        }

        return !IsPlan(value)
            ? throw new LvsValidationException("PlanInvalid", $"'{value}' is no plan: Compare-LvsConfiguration -AsPlan makes one.")
            : new ApprovedPlan(
                JsonText.Revive(Text(value, nameof(LvsPlan.Document))),
                Text(value, nameof(LvsPlan.Fingerprint)),
                LanguagePrimitives.IsTrue(value.Properties[nameof(LvsPlan.Prune)]?.Value),
                LanguagePrimitives.ConvertTo<int?>(value.Properties[nameof(LvsPlan.MinimumAvailable)]?.Value),
                LanguagePrimitives.IsTrue(value.Properties[nameof(LvsPlan.MinimumIsPercent)]?.Value));
    }

    private static string Text(PSObject value, string name) => value.Properties[name]?.Value as string ?? string.Empty;
}
