using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts.Ssh;

[Trait("Level", "Bytes")]
public sealed class JumpHostTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lvs-test-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false, "Host *\n  ForwardAgent no\n# ProxyJump gate")]
    [InlineData(true, "Host *\n  ProxyJump gate")]
    [InlineData(true, "host *\n\tproxycommand=nc %h %p")]
    [InlineData(false, "Include none/*.conf")]
    [InlineData(true, "Include conf.d/*.conf")]
    [InlineData(true, "Include none/*.conf conf.d/jump.conf")]
    [InlineData(false, "Include conf.d/plain.conf")]
    [InlineData(true, "Include %d/conf")]
    [InlineData(true, "Include loop.conf")]
    public void Only_files_that_may_name_a_jump_host_make_ssh_be_asked(bool expected, string text)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "conf.d"));
        File.WriteAllText(Path.Combine(_directory, "conf.d", "jump.conf"), "Match host x\nProxyJump gate\n");
        File.WriteAllText(Path.Combine(_directory, "conf.d", "plain.conf"), "Compression yes\n");
        File.WriteAllText(Path.Combine(_directory, "loop.conf"), "Include loop.conf\n");
        string file = Path.Combine(_directory, "config");
        File.WriteAllText(file, text);
        Assert.Equal(expected, JumpHosts.MayName([file, Path.Combine(_directory, "missing")]));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Few_connections_at_a_time_are_made_through_one_jump_host()
    {
        string log = Path.Combine(_directory, "log");
        using StandInSsh ssh = new(before: $"echo 1 >>{log}; sleep 0.2; echo -1 >>{log}");
        SshHost[] hosts =
        [
            .. Enumerable.Range(0, 20).Select(i => ssh.Host(target: new SshTarget($"rs{i}") { Options = new Dictionary<string, string> { ["ProxyJump"] = "gate-of-this-test" } })),
        ];
        await Task.WhenAll(hosts.Select(host => host.OpenAsync(Stop).AsTask()));
        // Once made, they are no burden for the gate any more: all are open.
        Assert.All(hosts, host => Assert.True(host.IsOpen));
        int now = 0;
        int most = (await File.ReadAllLinesAsync(log, Stop)).Select(line => now += int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)).Max();
        Assert.InRange(most, 2, 6);
        await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
    }
}
