using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>A way to ask a real server whether it is well: one or several checks on one connection. Safe for concurrent use.</summary>
public abstract class HealthProbe
{
    /// <summary>How long all of it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Asks once.</summary>
    /// <param name="path">Whom to ask, and by which way.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>What each check found: those that passed, and the one that failed, with which it ends.</returns>
    /// <exception cref="LvsHostException">The host from which to ask cannot be reached, or cannot ask.</exception>
    public async ValueTask<IReadOnlyList<HealthFinding>> ProbeAsync(IProbePath path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        Course course = new();
        try
        {
            course.Begin("Path", "a way to the real server");
            await path.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (LvsProbeException exception)
        {
            course.End(exception.IsNotChecked ? LvsCheckOutcome.NotChecked : LvsCheckOutcome.Failed, exception.Message);
            return course.Findings;
        }
        catch (Exception exception) when (Describe(exception, cancellationToken) is { } found)
        {
            course.Fail(found);
            return course.Findings;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            await RunAsync(path, course, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (Describe(exception, cancellationToken) is { } found)
        {
            course.Fail(found);
        }

        return course.Findings;
    }

    /// <summary>Does the checks, one after the other. What is not as expected is an exception.</summary>
    private protected abstract ValueTask RunAsync(IProbePath path, Course course, CancellationToken cancellationToken);

    /// <summary>Connects, as the first check.</summary>
    private protected static async ValueTask<Stream> ConnectAsync(IProbePath path, Course course, CancellationToken cancellationToken)
    {
        course.Begin("Tcp", "a connection");
        Stream stream = await path.ConnectAsync(cancellationToken).ConfigureAwait(false);
        course.Pass("connected");
        return stream;
    }

    // What means something about the server; null for what does not.
    private string? Describe(Exception exception, CancellationToken caller) => exception switch
    {
        LvsHostException => null,
        OperationCanceledException => caller.IsCancellationRequested
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"no answer within {Timeout.TotalSeconds:0.###} s"),
        LvsProbeException => exception.Message,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused: nothing listens there",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "the connection was reset",
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } unreachable => $"there is no way there: {unreachable.Message}",
        SocketException socket => socket.Message,
        IOException { InnerException: { } inner } when Describe(inner, caller) is { } known => known,
        IOException or AuthenticationException => exception.Message,
        RegexMatchTimeoutException slow => string.Create(
            CultureInfo.InvariantCulture, $"the pattern '{slow.Pattern}' needs more than {slow.MatchTimeout.TotalSeconds:0.###} s for the body, and was given up"),
        _ => null,
    };

    /// <summary>The checks of one asking as they go on.</summary>
    private protected sealed class Course
    {
        private readonly List<HealthFinding> _findings = [];
        private string _check = string.Empty;
        private string _expected = string.Empty;
        private long _began;

        internal IReadOnlyList<HealthFinding> Findings => _findings;

        internal void Begin(string check, string expected)
        {
            (_check, _expected) = (check, expected);
            _began = Stopwatch.GetTimestamp();
        }

        internal void Pass(string found) => End(LvsCheckOutcome.Passed, found);

        internal void Fail(string found) => End(LvsCheckOutcome.Failed, found);

        internal void End(LvsCheckOutcome outcome, string found) => _findings.Add(new HealthFinding(_check, outcome, _expected, found, Stopwatch.GetElapsedTime(_began)));
    }
}
