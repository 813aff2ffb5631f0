using System.Management.Automation;

namespace LvsAdmin.Commands.Jobs;

/// <summary>What -AsJob has collected: on which hosts to work, and with which input.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="call">Its call.</param>
internal sealed class BackgroundWork(PSCmdlet cmdlet, JobCall call)
{
    private readonly Dictionary<HostReference, PSDataCollection<object?>?> _inputs = [];

    /// <summary>Adds hosts, with the present input object.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="input">The object as the pipeline brought it.</param>
    internal void Add(IEnumerable<HostReference> hosts, object? input)
    {
        foreach (HostReference host in hosts)
        {
            if (!_inputs.TryGetValue(host, out PSDataCollection<object?>? inputs))
            {
                inputs = cmdlet.MyInvocation.ExpectingInput ? [] : null;
                _inputs.Add(host, inputs);
            }

            inputs?.Add(input);
        }
    }

    /// <summary>Starts a job of it, which Get-Job lists.</summary>
    /// <param name="name">Its name; null for one by its number.</param>
    /// <param name="throttleLimit">On how many hosts to work at once.</param>
    internal Job Start(string? name, int throttleLimit)
    {
        foreach (PSDataCollection<object?>? input in _inputs.Values)
        {
            input?.Complete();
        }

        LvsJob job = new(call, name, _inputs.Select(host => new HostJob(call, host.Key, host.Value)));
        cmdlet.JobRepository.Add(job);
        job.Start(call.CreatePool(Math.Min(throttleLimit, _inputs.Count)));
        return job;
    }
}
