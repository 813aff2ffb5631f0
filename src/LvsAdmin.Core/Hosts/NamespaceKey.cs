namespace LvsAdmin.Core.Hosts;

/// <summary>The network namespace of a host in the names of files, for namespaces share the file system.</summary>
internal static class NamespaceKey
{
    /// <summary>The machine's own namespace, which every boot makes.</summary>
    internal const string Machine = "machine";

    /// <summary>What is between the name of the boot and that of the namespace within it, for all others.</summary>
    internal const char WithinBoot = '.';

    /// <summary>Reads it.</summary>
    /// <exception cref="LvsHostException">The host cannot be asked.</exception>
    internal static async ValueTask<string> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        string[] links;
        try
        {
            ProgramResult result = await host.RunAsync(new ProgramInvocation("readlink", "/proc/1/ns/net", "/proc/self/ns/net"), cancellationToken).ConfigureAwait(false);
            links = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (LvsHostException missing) when (missing.Error == LvsHostError.ProgramMissing)
        {
            links = [];
        }

        // One who may not look at process 1 has named no other namespace, or is in none.
        if (links.Length == 0 || (links.Length == 1 && host.NetworkNamespace is null) || (links.Length == 2 && links[0] == links[1]))
        {
            return Machine;
        }

        string? boot = await host.ReadFileAsync("/proc/sys/kernel/random/boot_id", cancellationToken).ConfigureAwait(false);
        return $"{boot?.Trim()}{WithinBoot}{links[^1]}";
    }
}
