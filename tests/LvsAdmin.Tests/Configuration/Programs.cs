using System.Diagnostics;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Tests.Configuration;

/// <summary>The programs whose formats we read, from their Debian packages.</summary>
internal static class Programs
{
    internal const string Keepalived = "/usr/sbin/keepalived";
    internal const string Ldirectord = "/usr/sbin/ldirectord";

    private const string KeepalivedSamples = "/usr/share/doc/keepalived/samples";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static void Require(string program) =>
        Assert.SkipUnless(File.Exists(program), $"{program} is not here: it is in the Debian package {Path.GetFileName(program)}.");

    /// <summary>The samples of the package keepalived.</summary>
    internal static IReadOnlyList<string> Samples()
    {
        Require(Keepalived);
        Assert.SkipUnless(Directory.Exists(KeepalivedSamples), $"{KeepalivedSamples} of the Debian package keepalived is not here: this machine keeps no documentation.");
        string[] samples = Directory.GetFiles(KeepalivedSamples, "keepalived.conf.*");
        Assert.True(samples.Length > 20, $"Only {samples.Length} samples in {KeepalivedSamples}.");
        return samples;
    }

    /// <summary>What keepalived complains of in a configuration, besides scripts, which it wants to be owned by root and to be there.</summary>
    internal static async Task<IReadOnlyList<string>> ComplaintsAsync(string text)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, text, Stop);
            using Process process = Process.Start(new ProcessStartInfo(Keepalived, ["-t", "-f", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(Stop);
            string error = await process.StandardError.ReadToEndAsync(Stop);
            await process.WaitForExitAsync(Stop);
            List<string> complaints =
            [
                .. $"{error}\n{await output}".Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Where(line => !line.Contains("script", StringComparison.OrdinalIgnoreCase) && !line.Contains("SECURITY VIOLATION", StringComparison.Ordinal)),
            ];
            return complaints;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The lines of ipvsadm -Sn, which knows no thresholds.</summary>
    internal static IReadOnlyList<string> Rules(LvsConfiguration configuration) =>
    [
        .. IpvsadmText.Write(new LvsConfiguration
        {
            VirtualServices =
            [
                .. configuration.VirtualServices.Select(service => service with
                {
                    RealServers = [.. service.RealServers!.Select(server => server with { Settings = server.Settings with { UpperThreshold = 0, LowerThreshold = 0 } })],
                }),
            ],
        }).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];
}
