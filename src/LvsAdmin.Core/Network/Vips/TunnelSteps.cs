using System.Globalization;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>The single steps of receiving tunnels, each with its way back: modules, devices, and the ports of GUE.</summary>
internal static class TunnelSteps
{
    /// <summary>The module that receives Generic UDP Encapsulation. The kernel does not load it by itself when a port is asked for.</summary>
    internal const string GueModule = "fou";

    private const string DevicePrefix = "device ";
    private const string PortPrefix = "fou ";

    /// <summary>How a device that we made is remembered.</summary>
    internal static string DeviceKey(string name) => DevicePrefix + name;

    /// <summary>How a port that we opened is remembered.</summary>
    internal static string PortKey(LvsAddressFamily outer, int port) => string.Create(CultureInfo.InvariantCulture, $"{PortPrefix}{IpCommand.FamilyOption(outer)} {port}");

    /// <summary>The device of a remembered change; null for a change of another kind.</summary>
    internal static string? DeviceOf(string key) => key.StartsWith(DevicePrefix, StringComparison.Ordinal) ? key[DevicePrefix.Length..] : null;

    /// <summary>The port of a remembered change; null for a change of another kind.</summary>
    internal static (LvsAddressFamily Outer, int Port)? PortOf(string key) =>
        key.Split(' ') is ["fou", "-4" or "-6", _] parts && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? (parts[1] == "-6" ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4, port)
            : null;

    /// <summary>The step that loads a module; with an interface's name, one whose loading makes that interface. A loaded module stays: others may have come to use it.</summary>
    internal static HostChange LoadModule(ILvsHost host, string module, string? interfaceName) => new(
        $"kernel module {module}",
        "state",
        null,
        "loaded",
        stop => LoadAsync(host, module, interfaceName, stop),
        stop => ValueTask.CompletedTask);

    internal static HostChange AddDevice(ILvsHost host, string name, IReadOnlyList<string> arguments) => new(
        $"interface {name}",
        "device",
        null,
        string.Join(' ', arguments),
        stop => IpCommand.RunAsync(host, stop, ["link", "add", name, .. arguments]),
        stop => IpCommand.RunAsync(host, stop, "link", "delete", "dev", name));

    internal static HostChange RemoveDevice(ILvsHost host, string name, IReadOnlyList<string> arguments) => AddDevice(host, name, arguments).Reversed();

    internal static HostChange OpenPort(ILvsHost host, LvsAddressFamily outer, int port) => new(
        $"UDP port {port} ({outer})",
        "receives",
        null,
        "gue",
        stop => IpCommand.RunAsync(host, stop, PortArguments("add", outer, port)),
        stop => IpCommand.RunAsync(host, stop, PortArguments("delete", outer, port)));

    internal static HostChange ClosePort(ILvsHost host, LvsAddressFamily outer, int port) => OpenPort(host, outer, port).Reversed();

    /// <summary>The UDP ports on which encapsulated packets are received, and whether as GUE; null when the module is not loaded, and so nothing is.</summary>
    internal static async ValueTask<IReadOnlyList<(LvsAddressFamily Outer, int Port, bool IsGue)>?> ReadPortsAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        if (await IpCommand.TryQueryAsync(host, "No such file or directory", cancellationToken, "-json", "fou", "show").ConfigureAwait(false) is not { } elements)
        {
            return null;
        }

        List<(LvsAddressFamily, int, bool)> ports = [];
        foreach (JsonElement element in elements)
        {
            if (element.TryGetProperty("port", out JsonElement port) && port.TryGetInt32(out int number))
            {
                bool isV6 = element.TryGetProperty("family", out JsonElement family) && family.GetString() == "inet6";
                ports.Add((isV6 ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4, number, element.TryGetProperty("gue", out _)));
            }
        }

        return ports;
    }

    private static async ValueTask LoadAsync(ILvsHost host, string module, string? interfaceName, CancellationToken cancellationToken)
    {
        ProgramInvocation invocation = new("modprobe", module);
        ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            string words = result.Error.Trim();
            throw words.Contains("not permitted", StringComparison.OrdinalIgnoreCase)
                ? new LvsHostException(LvsHostError.AccessDenied, $"'{invocation}' failed on {host.Name}: {words}. Run as root; in a container, load the module on its host.")
                : new LvsHostException(
                    LvsHostError.ModuleNotLoaded,
                    $"The kernel module {module}{(interfaceName is null ? string.Empty : $", which makes {interfaceName},")} could not be loaded on {host.Name}: {words}. Install the modules of the running kernel, or in a container load it on its host.");
        }

        if (interfaceName is not null && !(await NetworkInterfaces.ListAsync(host, cancellationToken).ConfigureAwait(false)).Contains(interfaceName))
        {
            throw new LvsHostException(
                LvsHostError.InterfaceMissing,
                $"The kernel module {module} is loaded on {host.Name}, but made no {interfaceName} in this network namespace (net.core.fb_tunnels_only_for_init_net). Make a tunnel device, and name it.");
        }
    }

    private static string[] PortArguments(string verb, LvsAddressFamily outer, int port)
    {
        string[] arguments = [IpCommand.FamilyOption(outer), "fou", verb, "port", port.ToString(CultureInfo.InvariantCulture)];
        return verb == "add" ? [.. arguments, "gue"] : arguments;
    }
}
