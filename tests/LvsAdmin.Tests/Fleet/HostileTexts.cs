namespace LvsAdmin.Tests.Fleet;

/// <summary>Texts that do harm where a shell, ssh or printf reads them, and the file that tells.</summary>
internal static class HostileTexts
{
    /// <summary>The file that would be there if one of them had been run: its name stands in all of them that have a command.</summary>
    internal const string Canary = "lvs-canary";

    /// <summary>Without a slash, so that each can be the name of a file as well.</summary>
    internal static IReadOnlyList<string> All { get; } =
    [
        $"$(touch {Canary})",
        $"`touch {Canary}`",
        $"'; touch {Canary}; '",
        $"\"; touch {Canary}; \"",
        $"x; touch {Canary} #",
        $"x\ntouch {Canary}\n",
        $"'\ntouch {Canary}\n'",
        $"| touch {Canary}",
        $"& touch {Canary} &",
        $"> {Canary}",
        $"-oProxyCommand=touch {Canary}",
        $"-e system('touch {Canary}')",
        "-rf",
        "--",
        "-n",
        "%s%n%h%%",
        @"\n\0101\c\",
        @"a\\b'c""d$e`f!g*?[h]{i,j}~",
        "  blanks  and\ttabs ",
        "ends with lines\n\n",
        "\r\u001b[31m\u007f\u0001",
        "Grüße, 世界 😀",
        "run 2\nwrite 9",
    ];

    /// <summary>Where the file would be: relative to where we, or the shells of the hosts, are.</summary>
    internal static void CheckNothingRan()
    {
        string[] places = [Environment.CurrentDirectory, "/", Environment.GetEnvironmentVariable("HOME")!, "/tmp", AppContext.BaseDirectory];
        string[] found = [.. places.Select(place => Path.Combine(place, Canary)).Where(File.Exists)];
        Array.ForEach(found, File.Delete);
        Assert.Empty(found);
    }
}
