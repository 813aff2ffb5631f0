using LvsAdmin.Core.Network;

namespace LvsAdmin.Parameters;

/// <summary>Completes the parameters that the kernel of the host has, with their meaning.</summary>
public sealed class KernelParameterCompleter : HostCompleter
{
    private protected override async Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken) =>
        [.. (await KernelParameters.ReadAsync(request.Host, cancellationToken))
            .Select(parameter => (parameter.Name, $"{parameter.Name} = {parameter.Text}. {parameter.Description}"))];
}
