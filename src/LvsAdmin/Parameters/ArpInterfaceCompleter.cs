namespace LvsAdmin.Parameters;

/// <summary>Completes what has an ARP policy: the network interfaces, and the kernel's names for all of them and for those to come.</summary>
public sealed class ArpInterfaceCompleter : HostCompleter
{
    private protected override async Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken) =>
        [
            ("all", "Every interface: the kernel takes the larger of this value and the interface's own"),
            ("default", "Interfaces that will be made later"),
            .. (await Core.Network.NetworkInterfaces.ListAsync(request.Host, cancellationToken)).Select(name => (name, $"Interface {name}")),
        ];
}
