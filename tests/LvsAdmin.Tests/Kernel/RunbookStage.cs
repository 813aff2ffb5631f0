using System.Diagnostics;
using System.Globalization;

namespace LvsAdmin.Tests.Kernel;

/// <summary>What scripts of the tests of runbooks call, because the hosted engine has no cmdlets for it.</summary>
public static class RunbookStage
{
    /// <summary>What requests from the client are answered with; the scripts call it too.</summary>
    public static string[] Answers(int count) => [.. Enumerable.Range(0, count).Select(_ => Topology.Http("client", "http://192.0.2.10/"))];

    /// <summary>Kills the keepalived whose process ids are in a folder.</summary>
    public static void Kill(string folder)
    {
        // The parent first: it would start another child. A child whose parent is gone ends, and takes its file away.
        int[] ids = [.. Directory.GetFiles(folder, "*pid").OrderDescending().Select(file => int.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture))];
        foreach (int id in ids)
        {
            try
            {
                Process.GetProcessById(id).Kill();
            }
            catch (ArgumentException)
            {
                // It is gone.
            }
        }
    }
}
