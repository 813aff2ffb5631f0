using LvsAdmin.Core.Network;

namespace LvsAdmin.Parameters;

/// <summary>Completes the network interfaces of the host.</summary>
public sealed class InterfaceCompleter : HostCompleter
{
    private protected override async Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken) =>
        [.. (await NetworkInterfaces.ListAsync(request.Host, cancellationToken)).Select(name => (name, $"Interface {name}"))];
}
