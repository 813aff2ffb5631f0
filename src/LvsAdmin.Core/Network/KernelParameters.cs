using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the parameters of IPVS in /proc/sys/net/ipv4/vs, which every network namespace has for itself.</summary>
public static class KernelParameters
{
    private const string Root = "/proc/sys/net/ipv4/vs";
    private const string Prefix = "net.ipv4.vs";

    /// <summary>Reads every parameter that the host's kernel has, known or not, sorted by name.</summary>
    /// <exception cref="LvsHostException">ip_vs is not loaded (ModuleNotLoaded), or the host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsKernelParameter>> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        await KernelModules.RequireIpvsAsync(host, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> names = await host.ListDirectoryAsync(Root, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<HostFileText> files = await host.ReadFilesAsync([.. names.Select(name => $"{Root}/{name}")], cancellationToken).ConfigureAwait(false);
        return
        [
            .. from entry in names.Zip(files)
               let content = entry.Second.Text
               where content is not null
               select Observe(host, entry.First, content),
        ];
    }

    /// <summary>Whether a switch is on; not where the kernel has none of this name.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    internal static async ValueTask<bool> IsSetAsync(ILvsHost host, string name, CancellationToken cancellationToken) =>
        KernelParameterText.IsSet(await host.ReadFileAsync($"{Root}/{name}", cancellationToken).ConfigureAwait(false));

    /// <summary>Plans to set a parameter. Changes nothing.</summary>
    /// <param name="host">The director.</param>
    /// <param name="name">The name within net.ipv4.vs; the full name is understood too.</param>
    /// <param name="value">A bool, a whole number, or text as the kernel's file takes it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The change; empty when the parameter has the value already, or one that the kernel made of it (modes 1 and 2 of the defence parameters).</returns>
    /// <exception cref="LvsValidationException">The value is none that the parameter takes (InvalidKernelParameterValue).</exception>
    /// <exception cref="LvsHostException">ParameterMissing: there is no such parameter, or this kernel hasn't it. ModuleNotLoaded: ip_vs is not loaded.</exception>
    public static async ValueTask<IReadOnlyList<HostChange>> PlanSetAsync(
        ILvsHost host, string name, object value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (name.StartsWith(Prefix + ".", StringComparison.Ordinal))
        {
            name = name[(Prefix.Length + 1)..];
        }

        await KernelModules.RequireIpvsAsync(host, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> existing = await host.ListDirectoryAsync(Root, cancellationToken).ConfigureAwait(false);
        _ = KernelParameterCatalogue.TryGet(name, out LvsKernelParameterDefinition? definition);
        string path = $"{Root}/{name}";
        // The name becomes a part of a path, so only one that the kernel lists is used.
        if (!existing.Contains(name) || await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false) is not { } content)
        {
            throw Missing(host, name, definition, existing);
        }

        string before = KernelParameterText.Normalize(content);
        string after = KernelParameterText.Format(name, definition, value);
        return KernelParameterText.AreSame(name, definition, before, after)
            ? []
            : [new HostChange(Prefix, name, before, after, stop => WriteAsync(host, path, after, stop), stop => WriteAsync(host, path, before, stop))];
    }

    // With a line's end, for an empty list of processors could not be written without: a write of nothing does nothing.
    private static ValueTask WriteAsync(ILvsHost host, string path, string text, CancellationToken cancellationToken) =>
        host.WriteFileAsync(path, text + "\n", cancellationToken);

    private static LvsKernelParameter Observe(ILvsHost host, string name, string content)
    {
        string text = KernelParameterText.Normalize(content);
        _ = KernelParameterCatalogue.TryGet(name, out LvsKernelParameterDefinition? definition);
        return new LvsKernelParameter
        {
            Name = name,
            Value = KernelParameterText.Typed(definition, text),
            Text = text,
            Default = definition?.Default is { } initial ? KernelParameterText.Typed(definition, initial) : null,
            IsDefault = definition?.Default is { } known ? Equals(KernelParameterText.Typed(definition, known), KernelParameterText.Typed(definition, text)) : null,
            Unit = definition?.Unit,
            Description = definition?.Description ?? string.Empty,
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
        };
    }

    private static LvsHostException Missing(
        ILvsHost host, string name, LvsKernelParameterDefinition? definition, IReadOnlyList<string> existing)
    {
        string why = definition switch
        {
            null => $"It has: {string.Join(", ", existing)}.",
            { Availability: { } availability } => string.Create(CultureInfo.InvariantCulture, $"Only {availability} have it."),
            _ => "Its kernel is older than the parameter.",
        };
        return new LvsHostException(LvsHostError.ParameterMissing, $"IPVS on {host.Name} has no parameter {Prefix}.{name}. {why}");
    }
}
