namespace LvsAdmin.Core.Configuration;

/// <summary>Stub.</summary>
public static class IpvsadmText
{
    /// <summary>Stub.</summary>
    public static ConfigurationReading Read(string text, string? source) => throw new NotSupportedException(text + source);

    /// <summary>Stub.</summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration) => throw new NotSupportedException($"{configuration}");
}
