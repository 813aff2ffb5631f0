using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Remoting;

/// <summary>A director in a PowerShell session: a network namespace of this machine, asked by another process, with ipvsadm as the witness.</summary>
[Collection(SessionGroup.Name)]
[Trait("Level", "Kernel")]
public sealed class SessionDirectorTests : IDisposable
{
    private static readonly string[] Table =
    [
        "-A -t 192.0.2.10:80 -s mh -p 60 -b mh-port,mh-fallback",
        "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 100 -x 20 -y 10",
        "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -i -w 50 --tun-type gue --tun-port 5555",
        "-A -u [2001:db8::10]:53 -s wlc -o",
        "-a -u [2001:db8::10]:53 -r [2001:db8::21]:53 -m -w 1",
        "-A -f 7 -s rr",
        "-a -f 7 -r 192.0.2.21:0 -g -w 1",
    ];

    private readonly SessionFixture _fixture;
    private readonly NamespaceThread _director;

    public SessionDirectorTests(SessionFixture fixture)
    {
        NamespaceThread.RequireIpvs();
        _fixture = fixture;
        _director = new NamespaceThread();
        _director.Run("ipvsadm", ["-R"], string.Join('\n', Table) + "\n");
    }

    private PSSession Session => _fixture.Session("lb1");

    private string There => $"-Session $sessions -NetworkNamespace '{_director.Path}'";

    public void Dispose() => _director.Dispose();

    [Theory]
    [InlineData("Get-LvsVirtualService", 3)]
    [InlineData("Get-LvsRealServer", 4)]
    [InlineData("Get-LvsStatistics", 8)]
    [InlineData("Get-LvsTimeout", 1)]
    [InlineData("Get-LvsDirector", 1)]
    public void Objects_are_those_of_the_local_command(string command, int count)
    {
        IReadOnlyList<PSObject> local = _fixture.Succeed($"{command} -NetworkNamespace '{_director.Path}'");
        IReadOnlyList<PSObject> remote = _fixture.Succeed($"{command} {There}", Session);

        Assert.Equal(count, local.Count);
        Assert.Equal(Texts(local), Texts(remote));
        // Of this machine, the namespace alone is said.
        string shown = _fixture.Engine.Render(local).Replace("localhost", "lb1", StringComparison.Ordinal).Replace("network namespace", "lb1, network namespace", StringComparison.Ordinal);
        Assert.Equal(Squeezed(shown), Squeezed(_fixture.Engine.Render(remote)));
    }

    [Fact]
    public void A_pipeline_goes_through_the_session_and_its_namespace_and_back()
    {
        _fixture.Succeed($"Get-LvsRealServer 192.0.2.10:80 {There} | Set-LvsRealServer -Weight 7", Session);
        Assert.Equal(["7", "7"], Weights("192.0.2.10:80"));

        _fixture.Succeed($"Get-LvsVirtualService fwmark/7 {There} | Add-LvsRealServer 192.0.2.23 -Weight 9", Session);
        Assert.Equal(["1", "9"], Weights("7"));

        _fixture.Succeed($"Get-LvsVirtualService fwmark/7 {There} | Remove-LvsVirtualService", Session);
        Assert.DoesNotContain("-f 7", string.Join('\n', Saved()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_desired_state_is_a_file_of_here_and_a_table_of_there()
    {
        string folder = Directory.CreateTempSubdirectory("lvs-session-").FullName;
        string file = Path.Combine(folder, "web.json");
        File.WriteAllText(file, """{"scope": ["*"], "virtualServices": [{"virtualService": "192.0.2.10:80", "scheduler": "wlc", "realServers": ["192.0.2.22", "192.0.2.23"]}]}""");
        try
        {
            Assert.Equal(false, Assert.Single(_fixture.Succeed($"Test-LvsConfiguration '{file}' {There}", Session)).BaseObject);
            IReadOnlyList<PSObject> changes = _fixture.Succeed($"Import-LvsConfiguration '{file}' | Compare-LvsConfiguration {There} -Prune", Session);
            Assert.Contains("~ tcp/192.0.2.10:80 Scheduler: mh -> wlc", changes.Select(change => $"{change}"));

            _fixture.Succeed($"Sync-LvsConfiguration '{file}' {There} -Prune", Session);
            Assert.Equal(
                ["-A -t 192.0.2.10:80 -s wlc", "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -g -w 1", "-a -t 192.0.2.10:80 -r 192.0.2.23:80 -g -w 1"], Saved());

            // Written here, of there.
            _fixture.Succeed($"Export-LvsConfiguration '{folder}/of-{{HostName}}.json' {There}", Session);
            Assert.Contains("192.0.2.23", File.ReadAllText(Path.Combine(folder, "of-lb1.json")), StringComparison.Ordinal);
            Assert.Equal(true, Assert.Single(_fixture.Succeed($"Test-LvsConfiguration '{folder}/of-lb1.json' {There}", Session)).BaseObject);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Objects_of_Invoke_Command_choose_as_live_ones_do()
    {
        string read = $"Invoke-Command -Session $sessions {{ Get-LvsRealServer '192.0.2.10:80' -NetworkNamespace '{_director.Path}' }}";

        // They say localhost, and are taken at their word: nobody else knows what it meant. What has changed since they were read stays as it is.
        IReadOnlyList<PSObject> changed = _fixture.Succeed(
            $"""
            $old = {read}
            Set-LvsRealServer 192.0.2.10:80 192.0.2.21 -Weight 33 -NetworkNamespace '{_director.Path}'
            $old | Set-LvsRealServer -UpperThreshold 99 -PassThru
            """,
            Session);
        Assert.Equal(["33 99 DirectRouting", "50 99 Tunnel"], changed.Select(server => $"{server.Properties["Weight"].Value} {server.Properties["UpperThreshold"].Value} {server.Properties["Forwarding"].Value}"));

        _fixture.Succeed($"{read} | Remove-LvsRealServer", Session);
        Assert.Empty(Weights("192.0.2.10:80"));
    }

    [Fact]
    public void An_error_of_the_kernel_keeps_its_id_and_target()
    {
        ErrorRecord error = Assert.Single(_fixture.Run($"New-LvsVirtualService 192.0.2.10:80 {There}", Session).Errors);

        Assert.Equal("ServiceExists,LvsAdmin.Commands.NewLvsVirtualServiceCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
        Assert.Equal("tcp/192.0.2.10:80", error.TargetObject.ToString());
        Assert.Contains("lb1", error.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(IEnumerable<PSObject> objects) => objects.SelectMany(value => value.Properties
        .Where(property => property.Name is not "HostName" and not "PSComputerName" and not "RunspaceId")
        .Select(property => $"{property.Name}: {SessionTests.Text(property.Value)}"));

    // The host's name moves what stands beside it.
    private static string Squeezed(string view) => string.Join(' ', view.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("-", string.Empty, StringComparison.Ordinal);

    private string[] Saved() => _director.Run("ipvsadm", ["-S", "-n"]).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private string[] Weights(string service) =>
    [
        .. Saved().Where(rule => rule.StartsWith("-a ", StringComparison.Ordinal) && rule.Split(' ')[2] == service)
            .Select(rule => rule.Split(' ') is var words ? words[Array.IndexOf(words, "-w") + 1] : string.Empty),
    ];
}
