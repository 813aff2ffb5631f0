using System.Text.Json;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Runs ip(8) of iproute2 on a host: what it prints as JSON, and its errors as those of hosts.</summary>
internal static class IpCommand
{
    /// <summary>Runs a command that changes something.</summary>
    /// <exception cref="LvsHostException">It failed; the kind tells missing rights, missing interfaces and existing addresses apart.</exception>
    internal static async ValueTask RunAsync(ILvsHost host, CancellationToken cancellationToken, params string[] arguments) =>
        await ExecuteAsync(host, arguments, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs a command that prints a list of JSON.</summary>
    /// <exception cref="LvsHostException">It failed, or printed something else (BadReply).</exception>
    internal static async ValueTask<JsonElement[]> QueryAsync(ILvsHost host, CancellationToken cancellationToken, params string[] arguments)
    {
        string output = await ExecuteAsync(host, arguments, cancellationToken).ConfigureAwait(false);
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
        if (result.ExitCode == 0)
        {
            return result.Output;
        }

        string words = result.Error.Trim();
        (LvsHostError error, string remedy) = words switch
        {
            _ when Says("Operation not permitted") => (LvsHostError.AccessDenied, " Run as root, or with the capability CAP_NET_ADMIN."),
            _ when Says("Cannot find device") => (LvsHostError.InterfaceMissing, string.Empty),
            _ when Says("File exists") || Says("already assigned") => (LvsHostError.AddressConflict, string.Empty),
            _ when Says("unrecognized option") || Says("is unknown, try") => (LvsHostError.BadReply, " The ip of iproute2 4.13 or later is needed."),
            _ => (LvsHostError.Failed, string.Empty),
        };
        throw new LvsHostException(error, $"'{invocation}' failed on {host.Name}: {words}.{remedy}");

        bool Says(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
