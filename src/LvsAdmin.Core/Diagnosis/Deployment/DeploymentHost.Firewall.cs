using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <content>The rules of its firewall, by nft and by the older iptables.</content>
internal sealed partial class DeploymentHost
{
    /// <summary>The rules that packets meet on it; null with the reason where they cannot be read.</summary>
    internal async ValueTask<(Firewall? Rules, string? Trouble)> GetFirewallAsync(CancellationToken cancellationToken) =>
        await FactAsync("firewall", async stop => (ValueTuple<Firewall?, string?>?)await ReadFirewallAsync(stop).ConfigureAwait(false), cancellationToken).ConfigureAwait(false) ?? (null, null);

    private async ValueTask<(Firewall? Rules, string? Trouble)> ReadFirewallAsync(CancellationToken cancellationToken)
    {
        Firewall firewall = new();
        try
        {
            // Tables of the older kind, which nft does not show, are named here; most hosts have none, and then no program is needed.
            foreach ((LvsAddressFamily family, string names, string program) in new[]
            {
                (LvsAddressFamily.IPv4, "/proc/net/ip_tables_names", "iptables"),
                (LvsAddressFamily.IPv6, "/proc/net/ip6_tables_names", "ip6tables"),
            })
            {
                if (!string.IsNullOrWhiteSpace(await ReadAsync(names, cancellationToken).ConfigureAwait(false)))
                {
                    string? rules = await PrintAsync($"{program}-legacy-save", ["-c"], cancellationToken).ConfigureAwait(false)
                        ?? await PrintAsync($"{program}-save", ["-c"], cancellationToken).ConfigureAwait(false);
                    if (rules is null)
                    {
                        return (null, $"it has rules of {program}, but neither {program}-legacy-save nor {program}-save to show them");
                    }

                    IptablesRules.Read(firewall, rules, family);
                }
            }

            // Without the module there are no such rules; a kernel that has no modules may have it built in.
            string? modules = await ReadAsync("/proc/modules", cancellationToken).ConfigureAwait(false);
            bool hasNft = modules is not null && (modules.Length == 0 || modules.Split('\n').Any(line => line.StartsWith("nf_tables ", StringComparison.Ordinal)));
            if (hasNft)
            {
                if (await PrintAsync("nft", ["--json", "list", "ruleset"], cancellationToken).ConfigureAwait(false) is { } json)
                {
                    NftRules.Read(firewall, json);
                }
                else
                {
                    return (null, "its kernel has nf_tables, but there is no program nft to show the rules");
                }
            }

            return (firewall, null);
        }
        catch (Exception failure) when (failure is LvsHostException or JsonException && failure is not LvsConnectionException)
        {
            return (null, failure.Message);
        }
    }

    // What a program prints; null where the host does not have it.
    private async ValueTask<string?> PrintAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            ProgramInvocation invocation = new(program, arguments);
            ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0 ? result.Output : throw new LvsHostException(LvsHostError.Failed, $"'{invocation}' failed on {host.Name}: {result.Error.Trim()}.");
        }
        catch (LvsHostException missing) when (missing.Error == LvsHostError.ProgramMissing)
        {
            return null;
        }
    }
}
