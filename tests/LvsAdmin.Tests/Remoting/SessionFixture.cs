using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Remoting;

/// <summary>
/// PowerShell sessions to hosts that are processes of this machine: New-PSSession over SSH, with a stand-in for ssh that starts the test engine as the
/// remote end. Each host has a home folder of its own, in which the module is, or is not.
/// </summary>
public sealed class SessionFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-sessions-").FullName;
    private readonly Dictionary<string, PSSession> _sessions = [];
    private PSSession? _closed, _endless;

    public SessionFixture()
    {
        string stand = Path.Combine(_folder, "bin");
        Directory.CreateDirectory(stand);
        string engine = Path.Combine(AppContext.BaseDirectory, "LvsAdmin.Engine.dll");
        string script = Path.Combine(stand, "ssh");
        // ssh [-l USER] ... -s HOST powershell; any other call is for the real one.
        File.WriteAllText(script, $$"""
            #!/bin/sh
            for last; do before=$host; host=$word; word=$last; done
            if [ "$before" != -s ] || [ "$word" != powershell ]; then PATH=${PATH#*:}; exec ssh "$@"; fi
            unset PSModulePath XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME
            HOME='{{_folder}}'/$host exec dotnet '{{engine}}' -sshs
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        StandIn = stand;
    }

    /// <summary>A hosted engine with the module.</summary>
    public Engine Engine { get; } = new();

    private string StandIn { get; }

    /// <summary>A session to the host gone, which is closed.</summary>
    public PSSession Closed
    {
        get
        {
            if (_closed is null)
            {
                _closed = Open("gone");
                Succeed("Remove-PSSession $sessions", _closed);
            }

            return _closed;
        }
    }

    /// <summary>A session to the host endless, on which Get-LvsDirector runs until it is stopped.</summary>
    public PSSession Endless => _endless ??= Pretend("endless", "while ($true) { [Threading.Thread]::Sleep(20) }");

    /// <summary>The home folder of a host.</summary>
    public string Home(string host) => Directory.CreateDirectory(Path.Combine(_folder, host)).FullName;

    /// <summary>Where a host has modules of its user.</summary>
    public string Modules(string host) => Path.Combine(Home(host), ".local/share/powershell/Modules");

    /// <summary>The one session to a host that has the module; opened at the first call.</summary>
    public PSSession Session(string host)
    {
        if (!_sessions.TryGetValue(host, out PSSession? session))
        {
            string module = Path.Combine(Modules(host), "LvsAdmin");
            Directory.CreateDirectory(module);
            Directory.CreateSymbolicLink(Path.Combine(module, "0.1.0"), Checkout.Root());
            session = Open(host);
            _sessions.Add(host, session);
        }

        return session;
    }

    /// <summary>A new session to a host with a stand-in for the module, of another version and with a function for a cmdlet.</summary>
    public PSSession Pretend(string host, string version, string name, string body)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Modules(host), "LvsAdmin", version)).FullName;
        File.WriteAllText(Path.Combine(folder, "LvsAdmin.psm1"), $"function Get-LvsVirtualService {{ }}\nfunction {name} {{ {body} }}");
        File.WriteAllText(
            Path.Combine(folder, "LvsAdmin.psd1"),
            $"@{{ RootModule = 'LvsAdmin.psm1'; ModuleVersion = '{version}'; FunctionsToExport = 'Get-LvsVirtualService', '{name}' }}");
        return Open(host);
    }

    /// <summary>A new session to a host whose Get-LvsDirector does as told, after it has made the file started in the home folder.</summary>
    public PSSession Pretend(string host, string director) => Pretend(
        host, "9.0.0", "Get-LvsDirector", $"[CmdletBinding()] param() [IO.File]::WriteAllText('{Home(host)}/started', ''); {director}");

    /// <summary>Waits until the Get-LvsDirector of such a host runs.</summary>
    public void AwaitStart(string host)
    {
        string sign = Path.Combine(Home(host), "started");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(sign), TimeSpan.FromSeconds(30)), $"{host} does not start");
        File.Delete(sign);
    }

    /// <summary>A new session to a host as it is.</summary>
    public PSSession Open(string host)
    {
        Home(host);
        string path = Environment.GetEnvironmentVariable("PATH")!;
        // The engine finds ssh by the path of this process; the stand-in passes on what is not for it.
        Environment.SetEnvironmentVariable("PATH", $"{StandIn}:{path}");
        try
        {
            EngineResult result = Engine.Run($"New-PSSession -HostName {host}");
            Assert.True(!result.HadErrors, string.Join('\n', result.Errors));
            return (PSSession)Assert.Single(result.Output).BaseObject;
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    /// <summary>Runs lines in which $sessions are sessions; what they set is gone afterwards.</summary>
    public EngineResult Run(string script, params PSSession[] sessions) => Engine.Run($"& {{ param($sessions) {script}\n}} @($input)", sessions);

    /// <summary>Runs lines that must not fail, and gives what they write.</summary>
    public IReadOnlyList<PSObject> Succeed(string script, params PSSession[] sessions)
    {
        EngineResult result = Run(script, sessions);
        Assert.True(!result.HadErrors, $"{script}\n{string.Join('\n', result.Errors)}{result.Terminating}");
        return result.Output;
    }

    public void Dispose()
    {
        Engine.Run("Get-PSSession | Remove-PSSession");
        Engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
