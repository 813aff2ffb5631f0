using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the parameters of IPVS in /proc/sys/net/ipv4/vs, which every network namespace has for itself.</summary>
public static class KernelParameters
{
    /// <summary>Reads every parameter that the host's kernel has, known or not, sorted by name.</summary>
    /// <exception cref="LvsHostException">ip_vs is not loaded (ModuleNotLoaded), or the host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<LvsKernelParameter>> ReadAsync(ILvsHost host, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Plans to set a parameter. Changes nothing.</summary>
    /// <param name="host">The director.</param>
    /// <param name="name">The name within net.ipv4.vs; the full name is understood too.</param>
    /// <param name="value">A bool, a whole number, or text as the kernel's file takes it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The change; empty when the parameter has the value already, or one that the kernel made of it (modes 1 and 2 of the defence parameters).</returns>
    /// <exception cref="LvsHostException">
    /// ParameterMissing: there is no such parameter, or this kernel hasn't it. ModuleNotLoaded: ip_vs is not loaded. ValueRefused: the value is
    /// none that the parameter takes.
    /// </exception>
    public static ValueTask<IReadOnlyList<HostChange>> PlanSetAsync(ILvsHost host, string name, object value, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
