using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Remoting;

/// <summary>The module is copied to where it is missing, whole or not at all, and once.</summary>
[Collection(SessionGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class InstallModuleTests(SessionFixture fixture)
{
    private const string Loads = "Invoke-Command -Session $sessions { (Get-Command Get-LvsVirtualService).Version.ToString() }";

    [Fact]
    public void It_is_copied_and_loads_there()
    {
        PSSession session = fixture.Open("bare1");

        PSObject installed = Assert.Single(fixture.Succeed("Install-LvsModule $sessions -PassThru", session));

        string folder = Path.Combine(fixture.Modules("bare1"), "LvsAdmin", "0.1.0");
        Assert.Equal(folder, installed.Properties["Path"].Value);
        Assert.Equal("bare1", installed.Properties["HostName"].Value);
        Assert.Equal(true, installed.Properties["IsNew"].Value);
        Assert.Equal("0.1.0", Assert.Single(fixture.Succeed(Loads, session)).ToString());
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Checkout.Root(), Path.GetRelativePath(folder, file))), File.ReadAllBytes(file));
        }

        Assert.True(File.Exists(Path.Combine(folder, "bin", "LvsAdmin.Core.dll")));
        Assert.True(File.Exists(Path.Combine(folder, "en-US", "LvsAdmin.dll-Help.xml")));
        Assert.False(Directory.Exists(Path.Combine(folder, "src")));
        Assert.Equal([folder], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder)!));
    }

    [Fact]
    public void What_is_there_is_not_copied_again_unless_forced()
    {
        PSSession session = fixture.Open("bare2");
        fixture.Succeed("Install-LvsModule $sessions", session);
        string readme = Path.Combine(fixture.Modules("bare2"), "LvsAdmin", "0.1.0", "README.md");
        File.WriteAllText(readme, "changed");

        EngineResult second = fixture.Run("Install-LvsModule $sessions -Verbose -PassThru", session);
        Assert.Equal("changed", File.ReadAllText(readme));
        Assert.Equal(false, Assert.Single(second.Output).Properties["IsNew"].Value);
        Assert.Contains("nothing is copied", Assert.Single(second.Verbose), StringComparison.Ordinal);

        fixture.Succeed("Install-LvsModule $sessions -Force", session);
        Assert.NotEqual("changed", File.ReadAllText(readme));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(fixture.Modules("bare2"), "LvsAdmin")));
    }

    [Fact]
    public void WhatIf_copies_nothing_and_says_where_it_would()
    {
        PSSession session = fixture.Open("bare3");

        EngineResult result = fixture.Run("Install-LvsModule -Session $sessions -WhatIf -PassThru", session);

        Assert.Empty(result.Output);
        Assert.Contains($"{fixture.Modules("bare3")}/LvsAdmin/0.1.0 on bare3", result.HostText, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(fixture.Modules("bare3"), "LvsAdmin")));
    }

    [Fact]
    public void Where_it_cannot_be_written_is_one_error_and_nothing_is_left()
    {
        PSSession blocked = fixture.Open("blocked"), good = fixture.Open("bare4");
        Directory.CreateDirectory(fixture.Modules("blocked"));
        File.WriteAllText(Path.Combine(fixture.Modules("blocked"), "LvsAdmin"), "a file where a folder should be");

        EngineResult result = fixture.Run("$sessions | Install-LvsModule -PassThru", blocked, good);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("InstallationFailed,LvsAdmin.Commands.InstallLvsModuleCommand", error.FullyQualifiedErrorId);
        Assert.Contains("blocked", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("bare4", Assert.Single(result.Output).Properties["HostName"].Value);
        Assert.Single(Directory.EnumerateFileSystemEntries(fixture.Modules("blocked")));
    }

    [Fact]
    public void Where_the_user_may_not_write_is_an_error_of_its_own()
    {
        // Nobody makes folders there, root neither.
        Directory.CreateDirectory(Path.GetDirectoryName(fixture.Modules("denied"))!);
        Directory.CreateSymbolicLink(fixture.Modules("denied"), "/sys/kernel");

        ErrorRecord error = Assert.Single(fixture.Run("Install-LvsModule $sessions", fixture.Open("denied")).Errors);

        Assert.Equal("AccessDenied,LvsAdmin.Commands.InstallLvsModuleCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
    }

    [Fact]
    public void A_closed_session_is_a_typed_error()
    {
        ErrorRecord error = Assert.Single(fixture.Run("Install-LvsModule $sessions", fixture.Closed).Errors);

        Assert.Equal("ConnectionLost,LvsAdmin.Commands.InstallLvsModuleCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
    }
}
