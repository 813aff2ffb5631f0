using System.Diagnostics;

namespace LvsAdmin.Tests.Kernel;

/// <summary>What scripts of the tests of runbooks call, because the hosted engine has no cmdlets for it.</summary>
public static class RunbookStage
{
    /// <summary>What requests from the client are answered with; the scripts call it too.</summary>
    public static string[] Answers(int count) => [.. Enumerable.Range(0, count).Select(_ => Topology.Http("client", "http://192.0.2.10/"))];

    /// <summary>Kills the keepalived whose process ids are in a folder.</summary>
    public static void Kill(string folder)
    {
        string[] ids = [.. Directory.GetFiles(folder, "*pid").Select(file => File.ReadAllText(file).Trim())];
        if (ids.Length > 0)
        {
            // Halted first: a child whose parent is gone takes its services away, and a parent starts another child.
            using Process kill = Process.Start("sh", ["-c", $"kill -STOP {string.Join(' ', ids)}; kill -KILL {string.Join(' ', ids)}; rm -f '{folder}'/*pid"]);
            kill.WaitForExit();
        }
    }
}
