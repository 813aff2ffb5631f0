using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Runs ip(8) of iproute2 on a host: what it prints as JSON, and its errors as those of hosts.</summary>
internal static class IpCommand
{
    /// <summary>The option by which ip(8) works on one family of addresses.</summary>
    internal static string FamilyOption(LvsAddressFamily family) => family == LvsAddressFamily.IPv6 ? "-6" : "-4";

    /// <summary>A property of what it printed; null where there is none, or it is no text.</summary>
    internal static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Runs a command that changes something.</summary>
    /// <exception cref="LvsHostException">It failed; the kind tells missing rights, missing interfaces and existing addresses apart.</exception>
    internal static async ValueTask RunAsync(ILvsHost host, CancellationToken cancellationToken, params string[] arguments) =>
        await ExecuteAsync(host, arguments, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs a command for what it prints as text.</summary>
    /// <exception cref="LvsHostException">It failed.</exception>
    internal static ValueTask<string> ReadAsync(ILvsHost host, CancellationToken cancellationToken, params string[] arguments) =>
        ExecuteAsync(host, arguments, cancellationToken);

    /// <summary>Runs a command that prints a list of JSON.</summary>
    /// <exception cref="LvsHostException">It failed, or printed something else (BadReply).</exception>
    internal static async ValueTask<JsonElement[]> QueryAsync(ILvsHost host, CancellationToken cancellationToken, params string[] arguments)
    {
        string output = await ExecuteAsync(host, arguments, cancellationToken).ConfigureAwait(false);
        return Parse(host, arguments, output);
    }

    /// <summary>Runs a command that prints a list of JSON, or fails with certain words where there is nothing to list.</summary>
    /// <returns>The list; null when the command failed with those words.</returns>
    /// <exception cref="LvsHostException">It failed otherwise, or printed something else (BadReply).</exception>
    internal static async ValueTask<JsonElement[]?> TryQueryAsync(ILvsHost host, string nothing, CancellationToken cancellationToken, params string[] arguments)
    {
        ProgramInvocation invocation = new("ip", arguments);
        ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            return result.Error.Contains(nothing, StringComparison.OrdinalIgnoreCase) ? null : throw Failure(host, invocation, result);
        }

        return Parse(host, arguments, result.Output);
    }

    private static JsonElement[] Parse(ILvsHost host, string[] arguments, string output)
    {
        if (string.IsNullOrWhiteSpace(output))
        {
            // Some releases print nothing for an empty list.
            return [];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(output);
            return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"'ip {string.Join(' ', arguments)}' on {host.Name} did not print JSON, as ip of iproute2 4.13 and later does.", exception);
        }
    }

    private static async ValueTask<string> ExecuteAsync(ILvsHost host, string[] arguments, CancellationToken cancellationToken)
    {
        ProgramInvocation invocation = new("ip", arguments);
        ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw Failure(host, invocation, result);
    }

    private static LvsHostException Failure(ILvsHost host, ProgramInvocation invocation, ProgramResult result)
    {
        string words = result.Error.Trim();
        (LvsHostError error, string remedy) = words switch
        {
            _ when Says("Operation not permitted") => (LvsHostError.AccessDenied, " Run as root, or with the capability CAP_NET_ADMIN."),
            _ when Says("Cannot find device") => (LvsHostError.InterfaceMissing, string.Empty),
            _ when Says("File exists") || Says("already assigned") => (LvsHostError.AddressConflict, string.Empty),
            _ when Says("Address already in use") => (LvsHostError.PortInUse, " Another program has the port: see 'ss -Hlnup'."),
            _ when Says("Unknown device type") => (LvsHostError.ModuleNotLoaded, " The kernel module of the device is neither loaded nor could it be: install the modules of the running kernel, or in a container load it on its host."),
            _ when Says("unrecognized option") || Says("is unknown, try") => (LvsHostError.BadReply, " The ip of iproute2 4.13 or later is needed."),
            _ => (LvsHostError.Failed, string.Empty),
        };
        return new LvsHostException(error, $"'{invocation}' failed on {host.Name}: {words}.{remedy}");

        bool Says(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
