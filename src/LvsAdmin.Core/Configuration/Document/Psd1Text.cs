namespace LvsAdmin.Core.Configuration;

/// <summary>Our own document as a PowerShell data file. To read one is PowerShell's own business, so that it is done in the module.</summary>
public static class Psd1Text
{
    /// <summary>Writes the canonical document; what is true of <see cref="JsonText.Write"/> is true here.</summary>
    public static ConfigurationWriting Write(LvsConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new ConfigurationWriting(DocumentPrinter.Psd1(DocumentBuilder.Build(configuration)), []);
    }
}
