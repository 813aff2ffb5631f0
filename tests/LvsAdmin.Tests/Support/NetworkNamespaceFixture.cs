using System.Diagnostics;

namespace LvsAdmin.Tests.Support;

/// <summary>A fresh named network namespace of this machine, gone at the end of the test.</summary>
internal sealed class NetworkNamespaceFixture : IDisposable
{
    private static int _count;
    private bool _gone;

    internal NetworkNamespaceFixture()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "making network namespaces needs Linux and root");
        Name = $"lvs-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        Assert.SkipWhen(
            Run("sh", "-c", $"ip netns add {Name} && ip -netns {Name} link set lo up") != 0,
            "this machine cannot make network namespaces (ip netns add failed)");
    }

    internal string Name { get; }

    /// <summary>Runs ip(8) in the namespace; it must succeed.</summary>
    internal void Ip(params string[] arguments) => Assert.Equal(0, Run("ip", ["-netns", Name, .. arguments]));

    /// <summary>Runs a shell line in the namespace and gives its output.</summary>
    internal string Shell(string line, string shell = "sh")
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", Name, shell, "-c", line]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    // With what enabling VIPs remembered of the namespace.
    public void Dispose()
    {
        if (!_gone)
        {
            _gone = true;
            Run("sh", "-c", $"set -- /run/lvsadmin/host-*; [ ! -e \"$1\" ] || ip netns exec {Name} sh -c 'rm -f /run/lvsadmin/host-$(cat /proc/sys/net/ipv4/conf/lo/tag).json'; ip netns delete {Name}");
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments))!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
