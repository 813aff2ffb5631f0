using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Asks a name server for a name (RFC 1035), over UDP, or over TCP where the service is TCP's or the answer does not fit.</summary>
public sealed class DnsProbe : HealthProbe
{
    private const int HeaderLength = 12;
    private const int AddressType = 1;
    private const int AddressTypeV6 = 28;
    private const int NameServerError = 2;
    private const int NameMissing = 3;

    private static readonly Dictionary<string, ushort> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["A"] = AddressType,
        ["NS"] = 2,
        ["CNAME"] = 5,
        ["SOA"] = 6,
        ["PTR"] = 12,
        ["MX"] = 15,
        ["TXT"] = 16,
        ["AAAA"] = AddressTypeV6,
        ["SRV"] = 33,
    };

    /// <summary>The name to ask for.</summary>
    public required string Name { get; init; }

    /// <summary>The type of record: one of <see cref="TypeNames"/>.</summary>
    public string Type { get; init; } = "A";

    /// <summary>Whether to ask over TCP.</summary>
    public bool OverTcp { get; init; }

    /// <summary>The types of records that can be asked for.</summary>
    public static IReadOnlyCollection<string> TypeNames => Types.Keys;

    private protected override async ValueTask RunAsync(IProbePath path, Course course, CancellationToken cancellationToken)
    {
        byte[] query = Query((ushort)Random.Shared.Next(ushort.MaxValue));
        string expected = $"an answer with {Type} of {Name}";
        if (!OverTcp)
        {
            course.Begin("Dns", expected);
            ReadOnlyMemory<byte> answer = await path.AskAsync(query, cancellationToken).ConfigureAwait(false);
            // Cut short (TC): the whole is had by TCP.
            if (answer.Length < HeaderLength || (answer.Span[2] & 0x02) == 0)
            {
                course.Pass(Read(query, answer.Span));
                return;
            }
        }

        Stream stream = await ConnectAsync(path, course, cancellationToken).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable owned = stream.ConfigureAwait(false);
        course.Begin("Dns", expected);
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)query.Length);
        await stream.WriteAsync((byte[])[.. length, .. query], cancellationToken).ConfigureAwait(false);
        byte[] reply;
        try
        {
            await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
            reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(reply, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw new LvsProbeException("the server closed the connection before its answer was whole");
        }

        course.Pass(Read(query, reply));
    }

    private byte[] Query(ushort id)
    {
        List<byte> query = [(byte)(id >> 8), (byte)id, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (string label in new IdnMapping().GetAscii(Name.TrimEnd('.')).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        ushort type = Types[Type];
        query.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. query];
    }

    private string Read(ReadOnlySpan<byte> query, ReadOnlySpan<byte> answer)
    {
        if (answer.Length < HeaderLength || !answer[..2].SequenceEqual(query[..2]) || (answer[2] & 0x80) == 0)
        {
            throw new LvsProbeException("what came is no answer to the question");
        }

        int code = answer[3] & 0x0f;
        if (code != 0)
        {
            throw new LvsProbeException(code switch
            {
                NameServerError => "the name server failed (SERVFAIL)",
                NameMissing => $"there is no such name (NXDOMAIN): {Name}",
                5 => "the name server refused (REFUSED)",
                _ => string.Create(CultureInfo.InvariantCulture, $"the name server answered with error {code}"),
            });
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]);
        List<string> records = [];
        int wanted = 0;
        int offset = Skip(answer, HeaderLength) + 4;
        for (int index = 0; index < count; index++)
        {
            offset = Skip(answer, offset);
            if (offset + 10 > answer.Length)
            {
                throw new LvsProbeException("the answer is cut short");
            }

            int type = BinaryPrimitives.ReadUInt16BigEndian(answer[offset..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(answer[(offset + 8)..]);
            offset += 10;
            if (offset + length > answer.Length)
            {
                throw new LvsProbeException("the answer is cut short");
            }

            wanted += type == Types[Type] ? 1 : 0;
            if (type is AddressType or AddressTypeV6 && length is 4 or 16)
            {
                records.Add(new IPAddress(answer.Slice(offset, length)).ToString());
            }

            offset += length;
        }

        return wanted == 0
            ? throw new LvsProbeException($"the name has no record of type {Type}")
            : records.Count > 0 ? string.Join(", ", records) : string.Create(CultureInfo.InvariantCulture, $"{wanted} records");
    }

    // Behind a name, which may end in a reference to another one.
    private static int Skip(ReadOnlySpan<byte> message, int offset)
    {
        while (offset < message.Length)
        {
            int length = message[offset];
            if (length == 0)
            {
                return offset + 1;
            }

            if (length >= 0xc0)
            {
                return offset + 2;
            }

            offset += length + 1;
        }

        throw new LvsProbeException("the answer is cut short");
    }
}
