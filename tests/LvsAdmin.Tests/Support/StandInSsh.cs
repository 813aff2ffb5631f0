using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts.Ssh;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A program in the place of ssh: it notes its arguments and runs the command for the host with a shell of this machine, so that everything is real but the network.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class StandInSsh : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lvs-ssh-").FullName;

    /// <summary>Makes it.</summary>
    /// <param name="shell">The <c>sh</c> of the host, with arguments: <c>dash</c>, <c>busybox sh</c>, <c>bash --posix</c>.</param>
    /// <param name="before">Shell commands that it runs first; what they print is noise, and they may exit.</param>
    /// <param name="path">The host's PATH behind the directory of <c>sh</c>.</param>
    internal StandInSsh(string shell = "dash", string before = "", string path = "$PATH")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the host of these tests is this machine, which has to be a Linux");
        Directory.CreateDirectory(Bin);
        string program = shell.Split(' ')[0];
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(directory => File.Exists(Path.Combine(directory, program))), $"{program} is not installed");
        string absolute = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(directory => Path.Combine(directory, program)).First(File.Exists);
        Script(Path.Combine(Bin, "sh"), $"exec {absolute}{shell[program.Length..]} \"$@\"");
        Script(Program, $$"""
            printf '%s\n' "$@" >>'{{_directory}}/arguments'
            echo $$ >>'{{_directory}}/processes'
            while [ "$1" != -- ]; do shift; done
            shift 2
            PATH='{{Bin}}':{{path}}; export PATH
            {{before}}
            exec sh -c "$1"
            """);
    }

    /// <summary>Where programs of the host alone can be put.</summary>
    internal string Bin => Path.Combine(_directory, "bin");

    /// <summary>Its path.</summary>
    internal string Program => Path.Combine(_directory, "ssh");

    /// <summary>Every argument that it ever got, in order.</summary>
    internal string[] Arguments => File.ReadAllLines(Path.Combine(_directory, "arguments"));

    /// <summary>The ids of the processes that were started.</summary>
    internal int[] Processes => File.Exists(Path.Combine(_directory, "processes")) ? [.. File.ReadAllLines(Path.Combine(_directory, "processes")).Select(int.Parse)] : [];

    /// <summary>A host that is reached by it.</summary>
    internal SshHost Host(Func<SshOptions, SshOptions>? options = null, SshTarget? target = null) =>
        new(target ?? new SshTarget("far"), "far", (options ?? (same => same))(new SshOptions { Program = Program }));

    /// <summary>Puts a shell script on the host's PATH.</summary>
    internal void Install(string name, string text) => Script(Path.Combine(Bin, name), text);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Script(string path, string text)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
