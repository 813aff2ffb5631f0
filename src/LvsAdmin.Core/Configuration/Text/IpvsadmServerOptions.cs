using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>The options that describe a real server (ipvsadm.c, parse_options, process_options and tunnel_opt_check).</summary>
internal static class IpvsadmServerOptions
{
    internal static readonly string[] Allowed =
        ["forwarding", "weight", "u-threshold", "l-threshold", "tun-type", "tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"];

    private static readonly string[] Checksums = ["tun-nocsum", "tun-csum", "tun-remcsum"];

    // keepsPort: the port stays as it is written, as it does where a server is removed.
    internal static RealServerSettings Read(
        LvsServiceId service, List<IpvsadmOptions.Option> options, TextNames names, TextPosition position, bool keepsPort, List<ConfigurationNote> notes)
    {
        LvsProtocol protocol = service.Protocol ?? LvsProtocol.Tcp;
        (LvsAddress address, ushort? port) = IpvsadmServiceOptions.Split(Value("real-server"), protocol, names, position);
        LvsForwardingMethod forwarding = options.Find(each => each.Group == "forwarding")?.Name switch
        {
            "masquerading" => LvsForwardingMethod.Nat,
            "ipip" => LvsForwardingMethod.Tunnel,
            _ => LvsForwardingMethod.DirectRouting,
        };
        if (!keepsPort && forwarding != LvsForwardingMethod.Nat && service.Port is { } own && port != own)
        {
            // Only NAT rewrites ports, so ipvsadm takes the service's whatever is written.
            if (port is not null)
            {
                notes.Add(position.Note($"Port {port} of {address} is read as {own}, as ipvsadm does: without NAT a packet keeps the port of the service."));
            }

            port = own;
        }

        CheckTunnel(options, forwarding, position);
        return new RealServerSettings
        {
            RealServer = position.Server(IpvsadmRules.Invalid, address, port ?? service.Port ?? 0),
            Forwarding = forwarding,
            Weight = (int)Number("weight", "The weight", 1, RealServerSettings.MaximumWeight),
            UpperThreshold = (uint)Number("u-threshold", "The upper threshold", 0, int.MaxValue),
            LowerThreshold = (uint)Number("l-threshold", "The lower threshold", 0, int.MaxValue),
            TunnelType = TunnelType(options, position),
            TunnelPort = Has("tun-port") ? (ushort)position.Number(IpvsadmRules.Invalid, "The tunnel's port", Value("tun-port"), 1, ushort.MaxValue) : (ushort)0,
            TunnelChecksum = Has("tun-csum") ? LvsTunnelChecksum.Checksum : Has("tun-remcsum") ? LvsTunnelChecksum.Remote : LvsTunnelChecksum.None,
        };

        bool Has(string name) => options.Exists(each => each.Name == name);
        string Value(string name) => options.Find(each => each.Name == name)?.Value ?? string.Empty;
        long Number(string name, string what, long standard, long maximum) =>
            Has(name) ? position.Number(IpvsadmRules.Invalid, what, Value(name), 0, maximum) : standard;
    }

    private static LvsTunnelType TunnelType(List<IpvsadmOptions.Option> options, TextPosition position) =>
        options.Find(each => each.Name == "tun-type")?.Value switch
        {
            null or "ipip" => LvsTunnelType.Ipip,
            "gue" => LvsTunnelType.Gue,
            "gre" => LvsTunnelType.Gre,
            var other => throw position.Error(IpvsadmRules.Invalid, $"'{other}' is no type of tunnel: use ipip, gue or gre."),
        };

    // What the model cannot tell from a default; the rest is judged with the settings.
    private static void CheckTunnel(List<IpvsadmOptions.Option> options, LvsForwardingMethod forwarding, TextPosition position)
    {
        if (forwarding != LvsForwardingMethod.Tunnel && options.Find(each => each.Name.StartsWith("tun-", StringComparison.Ordinal)) is { } idle)
        {
            throw position.Error(IpvsadmRules.Invalid, $"'--{idle.Name}' needs '-i': only a tunnel has it.");
        }

        List<IpvsadmOptions.Option> checksums = options.FindAll(each => Checksums.Contains(each.Name));
        if (checksums.Count > 1)
        {
            throw position.Error(IpvsadmRules.Invalid, $"'--{checksums[1].Name}' conflicts with '--{checksums[0].Name}'.");
        }

        if (checksums.Count > 0 && TunnelType(options, position) == LvsTunnelType.Ipip)
        {
            throw position.Error(IpvsadmRules.Invalid, $"'--{checksums[0].Name}' does not go with the tunnel type ipip.");
        }
    }
}
