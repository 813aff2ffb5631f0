using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Benchmarks;

/// <summary>The table that every contender restores: 1,000 services with 10 real servers each, by direct routing.</summary>
internal static class Table
{
    internal const int Services = 1000;
    internal const int Servers = 10;

    internal static IReadOnlyList<VirtualServiceSettings> VirtualServices { get; } =
        [.. Enumerable.Range(0, Services).Select(index => new VirtualServiceSettings
        {
            VirtualService = new LvsServiceId(LvsProtocol.Tcp, LvsAddress.Parse($"10.1.{index / 256}.{index % 256}"), 80),
        })];

    internal static IReadOnlyList<RealServerSettings> RealServers { get; } =
        [.. Enumerable.Range(1, Servers).Select(index => new RealServerSettings { RealServer = new LvsServerId(LvsAddress.Parse($"10.2.0.{index}"), 80) })];

    /// <summary>The table as a batch of changes.</summary>
    internal static IReadOnlyList<IpvsChange> Changes() =>
        [.. VirtualServices.SelectMany(service => RealServers
            .Select(IpvsChange (server) => new IpvsChange.AddRealServer(service.VirtualService, server))
            .Prepend(new IpvsChange.AddService(service)))];

    /// <summary>The table as ipvsadm saves it.</summary>
    internal static string Rules() => string.Concat(VirtualServices.SelectMany(service => RealServers
        .Select(server => $"-a -t {Name(service)} -r {server.RealServer} -g -w 1\n")
        .Prepend($"-A -t {Name(service)} -s {service.Scheduler}\n")));

    private static string Name(VirtualServiceSettings service) => service.VirtualService.ToString()["tcp/".Length..];
}
