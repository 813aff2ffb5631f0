namespace LvsAdmin.Core.Configuration;

/// <summary>Our own document as JSON.</summary>
public static class JsonText
{
    /// <summary>Reads a document. Comments and trailing commas are allowed; keys that are not known, wrong types and duplicates are not.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The file, for messages; null when the text has no name.</param>
    /// <exception cref="LvsConfigurationException">It is no desired state. The exception knows everything that is wrong with it.</exception>
    public static ConfigurationReading Read(string text, string? source)
    {
        ArgumentNullException.ThrowIfNull(text);
        return DocumentBinder.Bind(JsonDocumentReader.Read(text, source), source, ignoreCase: false);
    }

    /// <summary>
    /// Reads what <see cref="Write"/> has written, which is believed: a kernel may have what nobody would ask for, and its table can be kept all the same.
    /// </summary>
    /// <exception cref="LvsConfigurationException">The text is something else.</exception>
    public static LvsConfiguration Revive(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return DocumentBinder.Bind(JsonDocumentReader.Read(text, null), new DocumentContext(null, ignoreCase: false, judge: false)).Configuration;
    }

    /// <summary>Writes the canonical document: equal desired states give the same text, whatever the order in which they were said.</summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new ConfigurationWriting(DocumentPrinter.Json(DocumentBuilder.Build(configuration)), []);
    }
}
