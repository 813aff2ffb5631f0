namespace LvsAdmin.Core.Diagnosis;

/// <summary>Looks for one cause, or a few near ones. Changes nothing. Without state: what it reads is kept in the hosts of the context, where other rules find it.</summary>
internal abstract class DeploymentRule
{
    /// <summary>Looks at a deployment.</summary>
    /// <param name="context">One director with its services and the hosts of their real servers.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>A result for each place that it looked at; none where the cause can have no meaning, such as a tunnel's where nothing is tunnelled.</returns>
    internal abstract IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, CancellationToken cancellationToken);
}
