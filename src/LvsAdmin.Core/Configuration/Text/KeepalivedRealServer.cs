using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads a real_server or a sorry_server.</summary>
internal sealed class KeepalivedRealServer
{
    private readonly ushort? _port;
    private KeepalivedTiming _own = new();
    private KeepalivedTiming _timing = new();
    private int? _weight;
    private uint _upper;
    private uint _lower;

    internal KeepalivedRealServer(KeepalivedStatement statement, KeepalivedMethod? method)
    {
        (Statement, Method) = (statement, method);
        (Address, _port) = statement.Endpoint();
    }

    internal KeepalivedStatement Statement { get; }

    internal LvsAddress Address { get; }

    internal KeepalivedMethod? Method { get; set; }

    internal HealthCheckSettings? Check { get; private set; }

    internal static KeepalivedRealServer Read(KeepalivedStatement statement, KeepalivedMethod? method, List<ConfigurationNote> notes)
    {
        KeepalivedRealServer server = new(statement, method);
        foreach (KeepalivedStatement part in statement.Block ?? throw statement.Position.Error(KeepalivedLine.Invalid, "'real_server' needs braces."))
        {
            server.Read(part, notes);
        }

        if (server._timing != new KeepalivedTiming() && server.Check is null)
        {
            notes.Add(statement.Position.Note($"{server.Address} is not checked, so how checks are made is left out."));
        }

        return server;
    }

    // NAT is what keepalived takes when nothing is said.
    internal KeepalivedMethod MethodOr(KeepalivedMethod? around) => Method ?? around ?? new KeepalivedMethod(LvsForwardingMethod.Nat);

    internal ServerConfiguration ToServer(LvsServiceId service, KeepalivedMethod? around, int weight, KeepalivedTiming timing, List<ConfigurationNote> notes)
    {
        KeepalivedMethod method = MethodOr(around);

        // A service of its own gives NAT its port too; a group does not (check_data.c, ipvswrapper.c), but a port of 0 is not what anybody means.
        RealServerSettings settings = Settings(service, method, service.Port ?? 0, notes) with
        {
            Weight = _weight ?? weight,
            UpperThreshold = _upper,
            LowerThreshold = _lower,
        };
        Statement.Position.Check(service, settings);
        return new ServerConfiguration { Settings = settings, HealthCheck = Check is null ? null : _own.Or(_timing).Or(timing).Apply(Check) };
    }

    internal RealServerSettings ToSorryServer(LvsServiceId service, KeepalivedMethod? around, List<ConfigurationNote> notes)
    {
        RealServerSettings settings = Settings(service, MethodOr(around), 0, notes);
        Statement.Position.Check(service, settings);
        return settings;
    }

    private RealServerSettings Settings(LvsServiceId service, KeepalivedMethod method, ushort natPort, List<ConfigurationNote> notes)
    {
        ushort port = method.Forwarding == LvsForwardingMethod.Nat ? _port ?? natPort : service.Port ?? 0;
        if (_port is { } written && written != port)
        {
            notes.Add(Statement.Position.Note($"Port {written} of {Address} is read as {port}, as keepalived does: without NAT a packet keeps the port of the service."));
        }

        return method.Apply(new RealServerSettings { RealServer = Statement.Position.Server(KeepalivedLine.Invalid, Address, port) });
    }

    private void Read(KeepalivedStatement part, List<ConfigurationNote> notes)
    {
        if (_timing.With(part) is { } timing)
        {
            _timing = timing;
            return;
        }

        switch (part.Keyword)
        {
            case "weight":
                _weight = (int)part.Number(0, KeepalivedValues.MaximumWeight);
                break;
            case "lvs_method":
                Method = KeepalivedMethod.Read(part);
                break;
            case "uthreshold":
                _upper = (uint)part.Number(0, int.MaxValue);
                break;
            case "lthreshold":
                _lower = (uint)part.Number(0, int.MaxValue);
                break;
            case "inhibit_on_failure" or "alpha" or "smtp_alert" when !part.IsOn():
                break;
            default:
                ReadCheck(part, notes);
                break;
        }
    }

    private void ReadCheck(KeepalivedStatement part, List<ConfigurationNote> notes)
    {
        if (new KeepalivedChecks(notes).Read(part) is not var (check, timing))
        {
            notes.Add(part.Position.Note($"'{part.Keyword}' of a real server has no counterpart and is left out."));
        }
        else if (Check is not null)
        {
            notes.Add(part.Position.Note($"{Address} has several checks, of which the first is taken; '{part.Keyword}' is left out."));
        }
        else
        {
            (Check, _own) = (check, timing);
        }
    }
}
