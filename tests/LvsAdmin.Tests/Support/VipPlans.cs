using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Tests.Support;

/// <summary>Plans about VIPs in one short line.</summary>
internal static class VipPlans
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static Task<IReadOnlyList<HostChange>> PlanEnableAsync(this ILvsHost host, LvsAddress vip, LvsForwardingMethod method, string? interfaceName = null) =>
        host.PlanEnableAsync(vip, new LvsVipSettings { Forwarding = method, Interface = interfaceName });

    internal static async Task<IReadOnlyList<HostChange>> PlanEnableAsync(this ILvsHost host, LvsAddress vip, LvsVipSettings settings) =>
        (await RealServerVips.PlanEnableAsync(host, vip, settings, false, null, Stop)).Changes;

    internal static async Task<IReadOnlyList<HostChange>> PlanDisableAsync(this ILvsHost host, LvsAddress vip) =>
        (await RealServerVips.PlanDisableAsync(host, vip, Stop)).Changes;
}
