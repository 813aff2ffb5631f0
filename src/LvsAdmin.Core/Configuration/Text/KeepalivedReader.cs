using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads what a configuration of keepalived says of virtual servers, and notes what else it says.</summary>
internal sealed class KeepalivedReader
{
    private readonly List<ConfigurationNote> _notes = [];
    private readonly Dictionary<string, List<KeepalivedGroupEntry>> _groups = [];
    private readonly List<ServiceConfiguration> _services = [];
    private LvsTimeout? _timeout;

    internal ConfigurationReading Read(string text, string? source, KeepalivedOptions options)
    {
        List<KeepalivedStatement> statements = KeepalivedStatement.Parse(text, source, options, _notes);

        // A group may stand behind the virtual servers that name it.
        foreach (KeepalivedStatement group in statements.Where(each => each.Keyword == "virtual_server_group"))
        {
            _groups[group.Value] = [.. (group.Block ?? []).SelectMany(KeepalivedGroupEntry.Read)];
        }

        foreach (KeepalivedStatement statement in statements)
        {
            switch (statement.Keyword)
            {
                case "virtual_server_group":
                    break;
                case "virtual_server":
                    AddServices(statement);
                    break;
                case "global_defs":
                    (statement.Block ?? []).ForEach(ReadGlobal);
                    break;
                case "vrrp_instance":
                    NoteInstance(statement);
                    break;
                default:
                    _notes.Add(statement.Position.Note($"'{string.Join(' ', statement.Words)}' is about other things than virtual servers and is left out."));
                    break;
            }
        }

        return new ConfigurationReading(new LvsConfiguration { Timeout = _timeout, VirtualServices = [.. _services] }, [.. _notes]);
    }

    private void AddServices(KeepalivedStatement statement)
    {
        foreach (ServiceConfiguration service in new KeepalivedVirtualServer(statement, _groups, _notes).ToServices())
        {
            if (_services.Exists(each => each.VirtualService == service.VirtualService))
            {
                throw statement.Position.Error(KeepalivedLine.Invalid, $"{service.VirtualService} is there twice.");
            }

            _services.Add(service);
        }
    }

    private void ReadGlobal(KeepalivedStatement statement)
    {
        switch (statement.Keyword)
        {
            case "lvs_timeouts":
                ReadTimeouts(statement);
                break;
            case "lvs_sync_daemon":
                _notes.Add(statement.Position.Note("'lvs_sync_daemon' is left out: keepalived runs the daemon as master or backup as VRRP has it, and here each has its role."));
                break;
            default:
                _notes.Add(statement.Position.Note($"'{statement.Keyword}' has no counterpart and is left out."));
                break;
        }
    }

    private void ReadTimeouts(KeepalivedStatement statement)
    {
        LvsTimeout timeout = _timeout ?? new LvsTimeout();
        for (int index = 1; index < statement.Words.Count; index += 2)
        {
            if (index + 1 == statement.Words.Count)
            {
                throw statement.Position.Error(KeepalivedLine.Invalid, $"'{statement.Words[index]}' has no value.");
            }

            // 0 leaves a timeout as it is.
            uint value = (uint)statement.Position.Number(KeepalivedLine.Invalid, "The timeout", statement.Words[index + 1], 0, KeepalivedValues.MaximumTimeout);
            uint? seconds = value == 0 ? null : value;
            timeout = statement.Words[index] switch
            {
                "tcp" => timeout with { Tcp = seconds },
                "tcpfin" => timeout with { TcpFin = seconds },
                "udp" => timeout with { Udp = seconds },
                var other => throw statement.Position.Error(KeepalivedLine.Invalid, $"'{other}' is no timeout: use tcp, tcpfin or udp."),
            };
        }

        _timeout = timeout;
    }

    // VRRP moves these addresses between directors, so none is a virtual IP that this director always holds.
    private void NoteInstance(KeepalivedStatement statement)
    {
        string name = statement.Words.Count > 1 ? statement.Words[1] : "";
        _notes.Add(statement.Position.Note($"'vrrp_instance {name}' is left out: VRRP remains keepalived's."));
        foreach (KeepalivedStatement addresses in (statement.Block ?? []).Where(each => each.Keyword is "virtual_ipaddress" or "virtual_ipaddress_excluded"))
        {
            string list = string.Join(", ", (addresses.Block ?? []).Select(address => address.Keyword));
            _notes.Add(addresses.Position.Note($"The virtual IPs of '{name}', which VRRP moves between directors, are left out: {list}."));
        }
    }
}
