namespace LvsAdmin.Core.Diagnosis;

/// <summary>Looks for one cause, or a few near ones. Changes nothing. Without state: what it reads is kept in the hosts of the context, where other rules find it.</summary>
internal abstract class DeploymentRule
{
    /// <summary>The cause that it looks for; of several, the one that stands for them when they cannot be looked for at all.</summary>
    internal abstract LvsDeploymentCause Cause { get; }

    /// <summary>Looks at a deployment.</summary>
    /// <param name="context">One director with its services and the hosts of their real servers.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>A result for each place that it looked at; none where the cause can have no meaning, such as a tunnel's where nothing is tunnelled.</returns>
    internal abstract IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, CancellationToken cancellationToken);

    /// <summary>A result that is good.</summary>
    /// <param name="host">Where it was looked at.</param>
    /// <param name="expected">What has to be so.</param>
    /// <param name="found">What was found.</param>
    /// <param name="cause">The cause, where the rule looks for several.</param>
    private protected LvsDeploymentCheck Passed(DeploymentHost host, string expected, string found, LvsDeploymentCause? cause = null) =>
        Make(host, LvsCheckOutcome.Passed, expected, found, cause);

    /// <summary>A result that is bad.</summary>
    /// <param name="host">Where it was found.</param>
    /// <param name="expected">What has to be so.</param>
    /// <param name="found">What was found.</param>
    /// <param name="reason">What clients see of it.</param>
    /// <param name="cause">The cause, where the rule looks for several.</param>
    private protected LvsDeploymentCheck Failed(DeploymentHost host, string expected, string found, string reason, LvsDeploymentCause? cause = null) =>
        Make(host, LvsCheckOutcome.Failed, expected, found, cause) with { Reason = reason };

    /// <summary>A result of which neither good nor bad is known.</summary>
    /// <param name="host">Where it was to be looked at.</param>
    /// <param name="expected">What has to be so.</param>
    /// <param name="why">Why it is not known.</param>
    /// <param name="cause">The cause, where the rule looks for several.</param>
    private protected LvsDeploymentCheck NotChecked(DeploymentHost host, string expected, string why, LvsDeploymentCause? cause = null) =>
        Make(host, LvsCheckOutcome.NotChecked, expected, why, cause);

    private LvsDeploymentCheck Make(DeploymentHost host, LvsCheckOutcome outcome, string expected, string found, LvsDeploymentCause? cause) => new()
    {
        Cause = cause ?? Cause,
        Outcome = outcome,
        HostName = host.Host.Name,
        NetworkNamespace = host.Host.NetworkNamespace,
        Expected = expected,
        Found = found,
        Place = host,
    };
}
