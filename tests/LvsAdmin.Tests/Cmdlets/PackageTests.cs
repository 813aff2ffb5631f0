using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>The package that a build leaves for a gallery: what is in it is all that the module needs.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class PackageTests(CmdletFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-package").FullName;

    private static string Package => Directory.GetFiles(Path.Combine(Checkout.Root(), "src", "LvsAdmin", "bin"), "LvsAdmin.*.nupkg", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_has_the_files_that_Install_LvsModule_copies()
    {
        Assert.Empty(fixture.Engine.Run("Get-Command -Module LvsAdmin").Errors);
        MethodInfo files = AppDomain.CurrentDomain.GetAssemblies().Single(assembly => assembly.GetName().Name == "LvsAdmin")
            .GetType("LvsAdmin.Commands.Remoting.ModuleFiles", throwOnError: true)!.GetMethod("In", BindingFlags.Static | BindingFlags.NonPublic)!;
        IEnumerable<string> copied = ((IReadOnlyList<(string Name, string Path)>)files.Invoke(null, [Checkout.Root()])!).Select(file => file.Name);
        using ZipArchive archive = ZipFile.OpenRead(Package);

        Assert.Equal(copied.Order(StringComparer.Ordinal), archive.Entries.Select(entry => entry.FullName).Where(IsOurs).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_named_as_the_manifest_has_it_and_marked_as_a_module()
    {
        using ZipArchive archive = ZipFile.OpenRead(Package);
        using Stream stream = archive.GetEntry("LvsAdmin.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        string manifest = File.ReadAllText(Checkout.Manifest());

        Assert.Equal("LvsAdmin", Value("id"));
        Assert.Contains($"ModuleVersion        = '{Value("version")}'", manifest, StringComparison.Ordinal);
        Assert.Contains("PSModule", Value("tags").Split(' '));
        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName == "dependency");
    }

    [Fact]
    public void It_imports_and_helps_from_a_folder_with_nothing_else()
    {
        ZipFile.ExtractToDirectory(Package, _folder);
        using Engine engine = new(Path.Combine(_folder, "LvsAdmin.psd1"));

        EngineResult result = engine.Run("(Get-Module LvsAdmin).ModuleBase; (Get-Help Get-LvsDirector).Synopsis; $s = New-LvsSession -Simulated; (Get-LvsDirector -LvsSession $s).HostName; Remove-LvsSession $s");

        Assert.Empty(result.Errors);
        Assert.Equal(_folder, $"{result.Output[0]}");
        Assert.NotEmpty($"{result.Output[1]}");
        Assert.Equal("simulated", $"{result.Output[2]}");
    }

    // NuGet puts others around them.
    private static bool IsOurs(string name) => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name is not ("[Content_Types].xml" or "LvsAdmin.nuspec");
}
