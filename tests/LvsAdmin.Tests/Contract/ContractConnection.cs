using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Contract;

/// <summary>A conversation with a kernel's IPVS, real or simulated, in attributes that the tests wrote by their own hands.</summary>
internal sealed class ContractConnection : IAsyncDisposable
{
    private readonly NetlinkConnection _connection;
    private readonly GenericNetlinkFamily _family;
    private readonly NetlinkRequests _requests = new();

    private ContractConnection(NetlinkConnection connection, GenericNetlinkFamily family)
    {
        _connection = connection;
        _family = family;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static async Task<ContractConnection> OpenAsync(INetlinkTransport transport)
    {
        NetlinkConnection connection = new(transport);
        return new ContractConnection(connection, (await GenericNetlinkFamily.FindAsync(connection, "IPVS", Stop))!);
    }

    /// <summary>Asks, and gives the error number and the bytes of the answers: those of a list in the order of their text.</summary>
    internal async Task<ContractAnswer> AskAsync(ContractRequest request) => (await AskAsync([request]))[0];

    /// <summary>Asks several things in one datagram, or one list.</summary>
    internal async Task<ContractAnswer[]> AskAsync(IReadOnlyList<ContractRequest> requests)
    {
        _requests.Clear();
        foreach (ContractRequest request in requests)
        {
            _requests.Begin<IpvsAttribute>(_family.Id, request.Command, 1, request.IsDump).WriteRaw(request.Attributes);
        }

        List<string> records = [];
        if (requests is [{ IsDump: true }])
        {
            try
            {
                await _connection.DumpAsync(_requests, payload => records.Add(WithoutPadding(payload)), records.Clear, Stop);
            }
            catch (NetlinkErrorException refusal)
            {
                return [new ContractAnswer(refusal.Errno, [])];
            }

            // A kernel's table of services is in no order that anyone knows.
            records.Sort(StringComparer.Ordinal);
            return [new ContractAnswer(0, records)];
        }

        NetlinkErrorException?[] errors = await _connection.ExecuteAsync(_requests, payload => records.Add(WithoutPadding(payload)), Stop);
        return [.. errors.Select((error, index) => new ContractAnswer(error?.Errno ?? 0, index == 0 ? records : []))];
    }

    // Kernels of machines that cannot read 64 bits from everywhere put an empty attribute before them (nla_put_u64_64bit), others don't.
    private static string WithoutPadding(ReadOnlySpan<byte> payload)
    {
        byte[] attributes = payload[0] is ContractRequest.NewService or ContractRequest.NewServer ? Rebuild(payload[4..], 0) : payload[4..].ToArray();
        return Convert.ToHexString([.. payload[..4], .. attributes]);
    }

    private static byte[] Rebuild(ReadOnlySpan<byte> attributes, int depth) =>
    [
        .. NetlinkMessage.ReadAttributes(attributes).Where(each => depth < 2 || each.Type != (ushort)IpvsStatisticsAttribute.Padding).SelectMany(each => NetlinkMessage.Attribute(
            each.Type, depth == 0 || (depth == 1 && each.Type is (ushort)IpvsServiceAttribute.Statistics or (ushort)IpvsServiceAttribute.Statistics64) ? Rebuild(each.Value, depth + 1) : each.Value)),
    ];

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
