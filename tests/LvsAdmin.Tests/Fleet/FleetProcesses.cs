using System.Globalization;

namespace LvsAdmin.Tests.Fleet;

/// <summary>The processes of the fleet's process namespace, which has no others.</summary>
internal static class FleetProcesses
{
    /// <summary>The clients of SSH that run now: by us, and by one of them to get through a jump host.</summary>
    internal static int[] Ssh() => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _) && Line(name!, "comm") == "ssh")
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    /// <summary>A process's share of memory in bytes; what several share is divided among them.</summary>
    internal static long Memory(int process)
    {
        string line = File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static string? Line(string process, string file)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/{file}").FirstOrDefault();
        }
        catch (IOException)
        {
            // It has ended.
            return null;
        }
    }
}
