using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Fleet;

/// <summary>No text becomes a command, neither here nor on a host: it arrives as it is, or is refused.</summary>
[Collection(FleetGroup.Name)]
[Trait("Level", "Fleet")]
public sealed class InjectionTests(FleetFixture fixture)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rs1")]
    [InlineData("busybox")]
    [InlineData("german")]
    [InlineData("admin@rs1")]
    public async Task Arguments_inputs_files_and_their_names_arrive_as_they_are(string name)
    {
        _ = fixture;
        await using SshHost host = FleetFixture.Host(name, sudo: name.StartsWith("admin", StringComparison.Ordinal));
        string folder = $"{Environment.GetEnvironmentVariable("LVS_FLEET")}/texts-{name}";
        foreach (string text in HostileTexts.All)
        {
            Assert.Equal($"<{text}><>", (await host.RunAsync(new ProgramInvocation("printf", "<%s>", text, string.Empty), Stop)).Output);
            Assert.Equal(text, (await host.RunAsync(new ProgramInvocation("cat") { Input = text }, Stop)).Output);
            LvsHostException? missing = await Record.ExceptionAsync(async () => await host.RunAsync(new ProgramInvocation(text), Stop)) as LvsHostException;
            Assert.True(missing?.Error == LvsHostError.ProgramMissing, $"'{text}' was taken for a program: {missing}");

            string path = $"{folder}/{text}";
            await host.WriteFileAsync(path, text, Stop);
            Assert.Equal(text, await host.ReadFileAsync(path, Stop));
            Assert.Equal(text, await File.ReadAllTextAsync(path, Stop));
            await host.WriteFileAsync(path, $"{text}{text}", Stop);
        }

        Assert.Equal(HostileTexts.All.Order(StringComparer.Ordinal), await host.ListDirectoryAsync(folder, Stop));
        IReadOnlyList<HostFileText> files = await host.ReadFilesAsync([.. HostileTexts.All.Select(text => $"{folder}/{text}"), $"{folder}/$(none)"], Stop);
        Assert.Equal([.. HostileTexts.All.Select(text => text + text), null], files.Select(file => file.Text));
        foreach (string text in HostileTexts.All)
        {
            await host.RemoveFileAsync($"{folder}/{text}", Stop);
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder));
        HostileTexts.CheckNothingRan();
    }

    [Fact]
    public async Task What_holds_a_nul_is_refused_and_the_connection_goes_on()
    {
        await using SshHost host = FleetFixture.Host("rs1");
        await host.OpenAsync(Stop);

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await host.RunAsync(new ProgramInvocation("echo", "a\0b"), Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await host.WriteFileAsync("/run/fleet/nul", "a\0b", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await host.ReadFileAsync("/proc/\0", Stop));

        Assert.False(File.Exists("/run/fleet/nul"));
        Assert.Equal("ok\n", (await host.RunAsync(new ProgramInvocation("echo", "ok"), Stop)).Output);
    }

    [Fact]
    public async Task Names_of_hosts_and_users_and_options_are_refused_or_are_data()
    {
        foreach (string text in HostileTexts.All.Append("a\0b"))
        {
            Assert.Throws<LvsValidationException>(() => new SshTarget(text));
            Assert.Throws<LvsValidationException>(() => HostNames.Expand([$"{text}rs1"]));
            Assert.Throws<LvsValidationException>(() => SshTarget.Parse($"{text}@rs1"));
            Assert.Throws<LvsValidationException>(() => new SshTarget("rs1") { UserName = text });
            Assert.Throws<LvsValidationException>(() => new SshTarget("rs1") { Options = new Dictionary<string, string> { [text] = "yes" } });

            // A path and a value may hold what no shell sees; ssh says that there is no such key, or that it knows none of that name.
            await TryAsync(() => new SshTarget("rs1") { KeyFilePath = text });
            await TryAsync(() => new SshTarget("rs1") { Options = new Dictionary<string, string> { ["HostKeyAlias"] = text } });
            await TryAsync(() => new SshTarget("rs1") { Options = new Dictionary<string, string> { ["UserKnownHostsFile"] = text } });
        }

        HostileTexts.CheckNothingRan();
    }

    // Whatever comes of it is one of our exceptions.
    private static async Task TryAsync(Func<SshTarget> make)
    {
        try
        {
            await using SshHost host = new(make());
            await host.OpenAsync(Stop);
        }
        catch (Exception exception) when (exception is LvsValidationException or LvsConnectionException)
        {
            Assert.NotEmpty(exception.Message);
        }
    }
}
