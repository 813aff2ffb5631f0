namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Connects, and nothing more.</summary>
public sealed class TcpProbe : HealthProbe
{
    private protected override async ValueTask RunAsync(IProbePath path, Course course, CancellationToken cancellationToken)
    {
        Stream stream = await ConnectAsync(path, course, cancellationToken).ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
