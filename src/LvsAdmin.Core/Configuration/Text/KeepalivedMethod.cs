using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>How packets are forwarded, as lvs_method says it (check_parser.c, svr_forwarding_handler).</summary>
internal sealed record KeepalivedMethod(LvsForwardingMethod Forwarding, LvsTunnelType Type = LvsTunnelType.Ipip, ushort Port = 0, LvsTunnelChecksum Checksum = LvsTunnelChecksum.None)
{
    internal static KeepalivedMethod Of(RealServerSettings settings) => settings.Forwarding == LvsForwardingMethod.Tunnel
        ? new(settings.Forwarding, settings.TunnelType, settings.TunnelPort, settings.TunnelChecksum)
        : new(settings.Forwarding);

    internal static KeepalivedMethod Read(KeepalivedStatement statement)
    {
        KeepalivedMethod method = new(statement.Value switch
        {
            "NAT" => LvsForwardingMethod.Nat,
            "DR" => LvsForwardingMethod.DirectRouting,
            "TUN" => LvsForwardingMethod.Tunnel,
            var other => throw Invalid($"'{other}' is no forwarding method: use NAT, DR or TUN."),
        });
        Queue<string> words = new(statement.Words.Skip(2));
        while (words.TryDequeue(out string? word))
        {
            method = word switch
            {
                "type" => method with { Type = Type(Next()) },
                "port" => method with { Port = (ushort)statement.Position.Number(KeepalivedLine.Invalid, "The tunnel's port", Next(), 1, ushort.MaxValue) },
                "nocsum" => method with { Checksum = LvsTunnelChecksum.None },
                "csum" => method with { Checksum = LvsTunnelChecksum.Checksum },
                "remcsum" => method with { Checksum = LvsTunnelChecksum.Remote },
                _ => throw Invalid($"'{word}' is no part of a forwarding method."),
            };
        }

        return method;

        string Next() => words.TryDequeue(out string? next) ? next : throw Invalid("The value of the tunnel's type or port is missing.");
        LvsTunnelType Type(string word) => word switch
        {
            "ipip" => LvsTunnelType.Ipip,
            "gue" => LvsTunnelType.Gue,
            "gre" => LvsTunnelType.Gre,
            _ => throw Invalid($"'{word}' is no type of tunnel: use ipip, gue or gre."),
        };
        LvsConfigurationException Invalid(string message) => statement.Position.Error(KeepalivedLine.Invalid, message);
    }

    internal RealServerSettings Apply(RealServerSettings settings) =>
        settings with { Forwarding = Forwarding, TunnelType = Type, TunnelPort = Port, TunnelChecksum = Checksum };

    public override string ToString()
    {
        string checksum = Checksum switch
        {
            LvsTunnelChecksum.Checksum => " csum",
            LvsTunnelChecksum.Remote => " remcsum",
            _ => "",
        };
        return (Forwarding, Type) switch
        {
            (LvsForwardingMethod.Nat, _) => "NAT",
            (not LvsForwardingMethod.Tunnel, _) => "DR",
            (_, LvsTunnelType.Gue) => string.Create(CultureInfo.InvariantCulture, $"TUN type gue port {Port}{checksum}"),
            (_, LvsTunnelType.Gre) => $"TUN type gre{checksum}",
            _ => "TUN",
        };
    }
}
