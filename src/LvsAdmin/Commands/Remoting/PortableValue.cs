using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Security;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands.Remoting;

/// <summary>
/// Values as another machine's copy of this module takes them, whatever of them PowerShell's own serialisation would lose: what is written as text
/// becomes text again (a service, an address, a selector, an enumeration), and an object becomes its properties.
/// </summary>
internal static class PortableValue
{
    // Our objects hold values, not trees: what lies deeper than this is no part of what they say.
    private const int Depth = 3;

    // An object goes to the machine that it shall be used on: where else it was read would lead that machine elsewhere.
    private static readonly HashSet<string> Origin = new(StringComparer.OrdinalIgnoreCase) { "HostName", "NetworkNamespace", "PSComputerName", "RunspaceId", "PSShowComputerName" };

    /// <summary>The value of a parameter, or an object of the pipeline, without what it says about the host that it was read from.</summary>
    internal static object? Of(object? value) => Of(value, Depth);

    /// <summary>An object of the pipeline for the host that it came from: there, that host is this machine.</summary>
    internal static object? OfItsOwn(PSObject value)
    {
        object? portable = Of(value);
        if (portable is PSObject bag)
        {
            bag.Properties.Add(new PSNoteProperty("HostName", HostReference.Local.HostName));
            bag.Properties.Add(new PSNoteProperty("NetworkNamespace", value.Properties["NetworkNamespace"]?.Value?.ToString()));
        }

        return portable;
    }

    private static object? Of(object? value, int depth)
    {
        object? bare = Unwrap(value);
        switch (bare)
        {
            case null or string or SecureString or PSCredential or byte[]:
                return bare;
            case SwitchParameter given:
                return given.IsPresent;
            case Enum name:
                return name.ToString();
            case LvsConfiguration desired:
                return DesiredState.Portable(desired);
            case PSObject custom:
                return depth > 0 ? Bag(custom, depth) : custom.ToString();
            case IDictionary dictionary:
                Hashtable copy = new(StringComparer.OrdinalIgnoreCase);
                foreach (DictionaryEntry entry in dictionary)
                {
                    copy[entry.Key] = Of(entry.Value, depth - 1);
                }

                return copy;
            case IEnumerable many:
                return many.Cast<object?>().Select(item => Of(item, depth)).ToArray();
        }

        Type type = bare.GetType();
        return !IsOurs(type) ? bare
            : IsText(type) || depth == 0 ? bare.ToString()
            : Bag(PSObject.AsPSObject(bare), depth);
    }

    private static PSObject Bag(PSObject source, int depth)
    {
        PSObject bag = new();
        bag.TypeNames.Clear();
        foreach (string name in source.TypeNames)
        {
            bag.TypeNames.Add(name);
        }

        foreach (PSPropertyInfo property in source.Properties)
        {
            if (property.IsGettable && !Origin.Contains(property.Name))
            {
                bag.Properties.Add(new PSNoteProperty(property.Name, Of(property.Value, depth - 1)));
            }
        }

        return bag;
    }

    // An object of properties alone is its own base object's wrapper: that is kept.
    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;

    private static bool IsOurs(Type type) =>
        type.Assembly == typeof(PortableValue).Assembly || type.Assembly == typeof(Core.Ipvs.LvsServiceId).Assembly;

    /// <summary>Whether the text of a value is the whole of it: it is read from text, by PowerShell too.</summary>
    private static bool IsText(Type type) =>
        type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) is not null
        || type.GetConstructor([typeof(string)]) is not null;
}
