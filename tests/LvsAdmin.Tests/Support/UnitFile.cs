namespace LvsAdmin.Tests.Support;

/// <summary>A systemd unit as far as tests of a boot play it (systemd.service(5)).</summary>
internal static class UnitFile
{
    /// <summary>The commands of a key, in the unit's order, as a shell runs them: one that may fail begins with a dash.</summary>
    internal static IEnumerable<string> Commands(string text, string key) => text.Split('\n')
        .Where(line => line.StartsWith($"{key}=", StringComparison.Ordinal))
        .Select(line => line[(key.Length + 1)..])
        .Select(command => command.StartsWith('-') ? $"{command[1..]} || true" : command);
}
