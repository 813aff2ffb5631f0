using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Reads checkpoints: of this process, or of one that was in a file or another session meanwhile.</summary>
internal static class KeptTable
{
    private static readonly string TypeName = typeof(LvsTableCheckpoint).FullName!;

    /// <summary>The table of a checkpoint; null when the object is none.</summary>
    internal static LvsConfiguration? Of(PSObject? value) => value switch
    {
        null => null,
        { BaseObject: LvsTableCheckpoint kept } => kept.Configuration,
        _ when value.TypeNames.FirstOrDefault() == $"Deserialized.{TypeName}" && value.Properties[nameof(LvsTableCheckpoint.Document)]?.Value is string text =>
            JsonText.Revive(text),
        _ => null,
    };
}
