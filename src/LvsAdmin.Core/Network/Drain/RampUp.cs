using System.Globalization;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>A real server on its way back to its weight, step by step.</summary>
/// <param name="server">The server as it was when it was chosen.</param>
/// <param name="hold">How it is held. It stays held until the last step, so that what is left half-way is known and can be finished.</param>
/// <param name="target">The weight to come to.</param>
public sealed class RampUp(LvsRealServer server, LvsHold hold, int target)
{
    private LvsHold _hold = hold;

    /// <summary>The service.</summary>
    public LvsServiceId VirtualService => server.VirtualService;

    /// <summary>Which server.</summary>
    public LvsServerId RealServer => server.RealServer;

    /// <summary>The weight to come to.</summary>
    public int Target => target;

    /// <summary>The weight that it should have now: another one is somebody else's.</summary>
    public int Weight { get; private set; } = server.Weight;

    /// <summary>Takes one step.</summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="director">The director as messages name it.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="steps">Of how many: with the last one the server is no longer held.</param>
    /// <param name="cancellationToken">Ends the work; a step that was begun is finished.</param>
    /// <returns>The weight from before.</returns>
    /// <exception cref="LvsDrainException">Somebody else has removed the server or given it a weight: it is left so.</exception>
    /// <exception cref="IpvsException">The kernel refused.</exception>
    /// <exception cref="LvsHostException">A file cannot be read or written, or the director was lost.</exception>
    public async ValueTask<int> StepAsync(ILvsHost host, IpvsClient client, string director, int step, int steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(client);
        LvsRealServer? present = (await client.GetRealServersAsync(VirtualService, cancellationToken).ConfigureAwait(false)).FirstOrDefault(each => each.RealServer == RealServer);
        string name = $"Real server {RealServer} of {VirtualService} on {director}";
        if (present is null)
        {
            await HoldStore.RemoveAsync(host, VirtualService, RealServer, cancellationToken).ConfigureAwait(false);
            throw new LvsDrainException($"{name} was removed by somebody else on its way back.");
        }

        int earlier = Weight;
        int weight = After(step, steps);
        // The step's own weight: it was set already, and the answer lost with the connection.
        if (present.Weight != earlier && present.Weight != weight)
        {
            throw new LvsDrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} was given weight {present.Weight} by somebody else on its way back, at {Weight} of {Target}: it is left so. Resume-LvsRealServer brings it back if it is still held (Get-LvsRealServer -Held)."));
        }

        if (step == steps)
        {
            await RealServerHolds.ResumeAsync(host, client, present, _hold, Target, cancellationToken).ConfigureAwait(false);
        }
        else if (weight != earlier)
        {
            // Noted first: nobody shall take the new weight for one that somebody else has set. The rules of the next boot have it at 0 until the end.
            // Both or nothing of it: at a weight that is not the noted one, Suspend-LvsRealServer would forget the one from before.
            cancellationToken.ThrowIfCancellationRequested();
            _hold = _hold with { ResumingAt = weight };
            await HoldStore.AddAsync(host, _hold, CancellationToken.None).ConfigureAwait(false);
            await client.SetRealServerAsync(present, present.Settings with { Weight = weight }, CancellationToken.None).ConfigureAwait(false);
        }

        Weight = weight;
        return earlier;
    }

    // An equal part of the way more each time, from 1 on, and never less than it has.
    private int After(int step, int steps) => Math.Max(Math.Min(Weight, target), (int)Math.Max(Math.Min(1, target), (long)target * step / steps));
}
