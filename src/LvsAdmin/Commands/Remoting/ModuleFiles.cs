using System.Security.Cryptography;

namespace LvsAdmin.Commands.Remoting;

/// <summary>The files of this module, as a user's copy has them: a checkout has many others around them.</summary>
internal static class ModuleFiles
{
    private static readonly string[] AtTop = ["LvsAdmin.psd1", "lvsadmin-configuration.schema.json", "README.md", "CHANGELOG.md", "LICENSE"];

    /// <summary>The files of the module in a folder.</summary>
    /// <returns>The path from there, with slashes, and the full path here.</returns>
    internal static IReadOnlyList<(string Name, string Path)> In(string folder)
    {
        IEnumerable<string> files = AtTop.Select(name => Path.Combine(folder, name)).Where(File.Exists)
            .Concat(Directory.EnumerateFiles(Path.Combine(folder, "bin"), "LvsAdmin*").Where(path => !path.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase)))
            .Concat(Directory.EnumerateFiles(Path.Combine(folder, "en-US")).Where(path => Path.GetExtension(path) is ".txt" or ".xml"));
        return [.. files.Select(path => (Path.GetRelativePath(folder, path).Replace('\\', '/'), path)).OrderBy(file => file.Item1, StringComparer.Ordinal)];
    }

    /// <summary>What tells whether a file arrived as it was sent: SHA-256 in hexadecimal digits.</summary>
    internal static string Digest(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
