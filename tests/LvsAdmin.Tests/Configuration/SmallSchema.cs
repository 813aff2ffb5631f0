using System.Text.Json;
using System.Text.RegularExpressions;

namespace LvsAdmin.Tests.Configuration;

/// <summary>As much of JSON Schema (draft 2020-12) as our schema uses. A keyword that it does not know is an error, so that none is passed over.</summary>
internal sealed class SmallSchema(string text)
{
    private readonly JsonElement _root = JsonDocument.Parse(text).RootElement;

    internal bool IsValid(JsonElement value) => IsValid(_root, value);

    private bool IsValid(JsonElement schema, JsonElement value) => schema.EnumerateObject().All(keyword => Holds(schema, keyword.Name, keyword.Value, value));

    private bool Holds(JsonElement schema, string keyword, JsonElement rule, JsonElement value)
    {
        bool isNumber = value.ValueKind == JsonValueKind.Number;
        bool isText = value.ValueKind == JsonValueKind.String;
        bool isList = value.ValueKind == JsonValueKind.Array;
        bool isObject = value.ValueKind == JsonValueKind.Object;
        switch (keyword)
        {
            case "$schema" or "$id" or "$defs" or "title" or "description" or "examples":
                return true;
            case "$ref":
                return IsValid(rule.GetString()!.Split('/')[1..].Aggregate(_root, (node, name) => node.GetProperty(name)), value);
            case "type":
                return rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(type => Is(value, type.GetString()!)) : Is(value, rule.GetString()!);
            case "enum":
                return rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value));
            case "anyOf":
                return rule.EnumerateArray().Any(choice => IsValid(choice, value));
            case "pattern":
                return !isText || Regex.IsMatch(value.GetString()!, rule.GetString()!);
            case "minLength":
                return !isText || value.GetString()!.Length >= rule.GetInt32();
            case "maxLength":
                return !isText || value.GetString()!.Length <= rule.GetInt32();
            case "minimum":
                return !isNumber || value.GetDouble() >= rule.GetDouble();
            case "maximum":
                return !isNumber || value.GetDouble() <= rule.GetDouble();
            case "items":
                return !isList || value.EnumerateArray().All(item => IsValid(rule, item));
            case "required":
                return !isObject || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "properties":
                return !isObject || value.EnumerateObject().All(member => !rule.TryGetProperty(member.Name, out JsonElement known) || IsValid(known, member.Value));
            case "propertyNames":
                return !isObject || value.EnumerateObject().All(member => IsValid(rule, JsonSerializer.SerializeToElement(member.Name)));
            case "additionalProperties":
                JsonElement properties = schema.TryGetProperty("properties", out JsonElement named) ? named : default;
                return !isObject || value.EnumerateObject().All(member =>
                    (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out _))
                    || (rule.ValueKind == JsonValueKind.Object && IsValid(rule, member.Value)));
            default:
                throw new NotSupportedException($"This evaluator does not know the keyword {keyword}.");
        }
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new NotSupportedException($"This evaluator does not know the type {type}."),
    };
}
