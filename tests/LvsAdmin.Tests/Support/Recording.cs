using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Support;

/// <summary>What ipvsadm said to a real kernel and what it heard, read from Recordings/NAME.txt (made by Recordings/record).</summary>
internal sealed class Recording
{
    private readonly List<Exchange> _exchanges = [];

    private Recording(string command) => Command = command;

    /// <summary>The command that was recorded.</summary>
    internal string Command { get; }

    /// <summary>Its last request, which is what it was run for: ipvsadm asks for the version before.</summary>
    internal NetlinkMessage LastRequest => _exchanges[^1].Request;

    internal static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Recordings");

    internal static Recording Read(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, name + ".txt"));
        Recording recording = new(lines[0][2..]);
        foreach (string line in lines)
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                recording._exchanges.Add(new Exchange(NetlinkMessage.ReadAll(Convert.FromHexString(line[2..]))[0], []));
            }
            else if (line.StartsWith("< ", StringComparison.Ordinal))
            {
                recording._exchanges[^1].Replies.Add(NetlinkMessage.ReadAll(Convert.FromHexString(line[2..])));
            }
        }

        return recording;
    }

    /// <summary>All messages that the kernel sent.</summary>
    internal IEnumerable<NetlinkMessage> Received => _exchanges.SelectMany(exchange => exchange.Replies).SelectMany(messages => messages);

    /// <summary>A kernel that answers by the recorded datagrams whoever asks what ipvsadm asked.</summary>
    internal ScriptedTransport ToKernel() => ScriptedTransport.WithIpvs((kernel, requests) =>
    {
        NetlinkMessage request = requests[0];
        Exchange exchange = _exchanges.First(recorded =>
            recorded.Request.Command == request.Command && recorded.Request.IsDump == request.IsDump && ServiceOf(recorded.Request) == ServiceOf(request));
        foreach (IReadOnlyList<NetlinkMessage> datagram in exchange.Replies)
        {
            kernel.Reply([.. datagram.Select(message => (message with { Sequence = request.Sequence, Port = request.Port }).ToBytes())]);
        }

        // Having its answer, ipvsadm leaves without reading the acknowledgement behind it.
        if (!request.IsDump && !exchange.Replies.SelectMany(messages => messages).Any(message => message.Type == NetlinkMessage.Error))
        {
            kernel.Reply(NetlinkMessage.Acknowledgement(request));
        }
    });

    private static LvsServiceId? ServiceOf(NetlinkMessage request) =>
        request.Attributes.Length > 0 && NetlinkMessage.ReadAttributes(request.Attributes)[0].Type == 1
            ? IpvsDecoder.ReadService(request.Payload, string.Empty, null).VirtualService
            : null;

    private sealed record Exchange(NetlinkMessage Request, List<IReadOnlyList<NetlinkMessage>> Replies);
}
