namespace LvsAdmin.Hosting;

/// <summary>The checkout in which this was built.</summary>
public static class Checkout
{
    private const string ManifestName = "LvsAdmin.psd1";

    /// <summary>The folder at its top: the nearest one above us with the solution in it.</summary>
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LvsAdmin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new FileNotFoundException($"No folder above {AppContext.BaseDirectory} holds LvsAdmin.sln.");
    }

    /// <summary>The module's manifest.</summary>
    public static string Manifest() => Path.Combine(Root(), ManifestName);
}
