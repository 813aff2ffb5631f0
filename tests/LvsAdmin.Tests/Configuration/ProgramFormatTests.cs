using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Tests.Configuration;

/// <summary>
/// What the programs' packages bring, and what the programs accept. Nothing is started but <c>keepalived -t</c>, which only reads. It needs no kernel of its
/// own, but the packages, which the guest always has.
/// </summary>
[Trait("Level", "Kernel")]
public sealed class ProgramFormatTests
{
    private const string LdirectordSample = "/usr/share/doc/ldirectord/examples/ldirectord.cf";

    [Fact]
    public async Task The_samples_of_keepalived_are_read_written_back_and_accepted()
    {
        int services = 0;
        foreach (string sample in Programs.Samples())
        {
            LvsConfiguration read = KeepalivedText.Read(await File.ReadAllTextAsync(sample, TestContext.Current.CancellationToken), sample).Configuration;
            services += read.VirtualServices.Count;
            string written = KeepalivedText.Write(read).Text;
            Assert.Equal(Dump(read), Dump(KeepalivedText.Read(written).Configuration));
            Assert.Equal([], (await Programs.ComplaintsAsync(written)).Select(complaint => $"{sample}: {complaint}"));
        }

        Assert.True(services > 20, $"Only {services} services in the samples.");
    }

    [Fact]
    public async Task What_we_write_at_random_keepalived_accepts()
    {
        Programs.Require(Programs.Keepalived);
        int seed = Environment.TickCount;
        for (int round = 0; round < 8; round++)
        {
            string text = KeepalivedText.Write(KeepalivedTextTests.Sayable(new Random(seed + round))).Text;
            Assert.Equal([], (await Programs.ComplaintsAsync(text)).Select(complaint => $"seed {seed + round}: {complaint}\n{text}"));
        }
    }

    [Fact]
    public async Task The_sample_of_ldirectord_is_read_and_written_back_as_it_is_and_with_all_that_stands_in_comments()
    {
        Programs.Require(Programs.Ldirectord);
        Assert.SkipUnless(File.Exists(LdirectordSample), $"{LdirectordSample} of the Debian package ldirectord is not here: this machine keeps no documentation.");
        string sample = await File.ReadAllTextAsync(LdirectordSample, TestContext.Current.CancellationToken);
        LvsConfiguration read = LdirectordText.Read(sample, LdirectordSample).Configuration;
        Assert.Equal(["tcp/192.168.6.240:80"], read.VirtualServices.Select(service => service.VirtualService.ToString()));
        Assert.Equal(Dump(read), Dump(LdirectordText.Read(LdirectordText.Write(read).Text).Configuration));

        // Most of its services are comments. Each is tried alone, as some are for the same address.
        TextNames names = new() { Host = (name, _) => Core.Ipvs.LvsAddress.Parse(name == "sql01" ? "198.51.100.1" : "198.51.100.3") };
        List<string> blocks = [.. sample.Replace("\n#", "\n", StringComparison.Ordinal).Replace("::5060", ":5060", StringComparison.Ordinal).Split("\nvirtual").Skip(1).Select(block => "virtual" + block.Split("\n\n")[0] + "\n")];
        Assert.True(blocks.Count > 15, $"Only {blocks.Count} services in {LdirectordSample}.");
        foreach (string block in blocks)
        {
            // Those with a sentence behind them end where it begins.
            string text = string.Join('\n', block.Split('\n').TakeWhile((line, index) => index == 0 || line.StartsWith('\t'))) + "\n";
            LvsConfiguration one = LdirectordText.Read(text, LdirectordSample, names).Configuration;
            Assert.NotEmpty(Assert.Single(one.VirtualServices).RealServers!);
            Assert.Equal(Dump(one), Dump(LdirectordText.Read(LdirectordText.Write(one).Text).Configuration));
        }
    }

    private static IReadOnlyList<string> Dump(LvsConfiguration configuration) => ConfigurationDump.Lines(ConfigurationDump.Normal(configuration));
}
