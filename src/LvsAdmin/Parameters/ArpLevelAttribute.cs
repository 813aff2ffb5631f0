using System.Globalization;
using System.Management.Automation;

namespace LvsAdmin.Parameters;

/// <summary>Lets a level be typed as the kernel's number too, and says of a number that is no level which there are.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ArpLevelAttribute(Type levels) : ArgumentTransformationAttribute
{
    /// <summary>The enumeration of the levels.</summary>
    public Type Levels { get; } = levels;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not (string or int) || !int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            // Names, and levels that are such already, are for the engine.
            return inputData;
        }

        object level = Enum.ToObject(Levels, number);
        return Enum.IsDefined(Levels, level)
            ? level
            : throw new ArgumentTransformationMetadataException(
                $"{number} is none of the levels, which are {string.Join(", ", Enum.GetValues(Levels).Cast<Enum>().Select(each => $"{each:d} ({each})"))}.");
    }
}
