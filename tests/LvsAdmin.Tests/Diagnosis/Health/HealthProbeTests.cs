using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Diagnosis.Health;

/// <summary>Probes against servers of our own, good ones and bad ones.</summary>
[Trait("Level", "Bytes")]
public sealed class HealthProbeTests : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _owned.ForEach(each => each.Dispose());

    [Fact]
    public async Task A_listener_is_reached_and_a_closed_port_is_not()
    {
        int port = Serve(_ => Task.CompletedTask);
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int nobody = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        HealthFinding good = Assert.Single(await new TcpProbe().ProbeAsync(To(port), Stop));
        HealthFinding bad = Assert.Single(await new TcpProbe().ProbeAsync(To(nobody), Stop));

        Assert.Equal(("Tcp", LvsCheckOutcome.Passed), (good.Check, good.Outcome));
        Assert.True(good.Duration > TimeSpan.Zero);
        Assert.Equal(("Tcp", LvsCheckOutcome.Failed), (bad.Check, bad.Outcome));
        Assert.Contains("refused", bad.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "^hello$", null)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", "^hello$", null)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "^hello$", null)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", null, "status 503 Busy")]
    [InlineData("HTTP/1.0 204 No Content\r\n\r\n", null, null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", "^hello$", "status 200 OK with a body that does not match: 'bad'")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", null, "status 503 Service Unavailable")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", null, "the answer is no web server's: SSH-2.0-OpenSSH")]
    [InlineData("", null, "the server closed the connection without an answer")]
    public async Task A_web_server_is_judged_by_status_and_body(string answer, string? pattern, string? failure)
    {
        string asked = string.Empty;
        int port = Serve(async stream =>
        {
            asked = await LineAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Stop);
        });
        HttpProbe probe = new() { Path = "/health?x=1", Host = "www.example.org", BodyPattern = pattern is null ? null : new System.Text.RegularExpressions.Regex(pattern) };

        IReadOnlyList<HealthFinding> findings = await probe.ProbeAsync(To(port), Stop);

        Assert.Equal(["Tcp", "Http"], findings.Select(finding => finding.Check));
        Assert.Equal(failure is null ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed, findings[1].Outcome);
        Assert.Equal(failure ?? findings[1].Found, findings[1].Found);
        Assert.StartsWith("GET /health?x=1 HTTP/1.1\r\nHost: www.example.org\r\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_that_takes_for_ever_on_a_body_is_a_finding()
    {
        int port = Serve(async stream =>
        {
            await LineAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\n\r\n{new string('a', 100)}!"), Stop);
        });
        HttpProbe probe = new() { BodyPattern = new("^(a+)+$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromMilliseconds(20)) };

        HealthFinding finding = (await probe.ProbeAsync(To(port), Stop))[^1];

        Assert.Equal(("Http", LvsCheckOutcome.Failed), (finding.Check, finding.Outcome));
        Assert.Contains("'^(a+)+$'", finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_that_the_kernel_refuses_to_look_for_is_a_finding()
    {
        HealthFinding finding = Assert.Single(await new TcpProbe().ProbeAsync(new RefusedPath(), Stop));

        Assert.Equal(("Path", LvsCheckOutcome.Failed, "there is no way there: Network is unreachable"), (finding.Check, finding.Outcome, finding.Found));
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_fails_in_time()
    {
        int port = Serve(_ => Task.Delay(Timeout.Infinite, Stop));

        IReadOnlyList<HealthFinding> findings = await new HttpProbe { Timeout = TimeSpan.FromMilliseconds(300) }.ProbeAsync(To(port), Stop);

        Assert.Equal("no answer within 0.3 s", findings[^1].Found);
        Assert.InRange(findings[^1].Duration, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4));
    }

    [Theory]
    [InlineData("www.example.org", 100, 30, "www.example.org", null)]
    [InlineData("*.example.org", 100, 30, "www.example.org", null)]
    [InlineData("www.example.org", 20, 30, "www.example.org", "for www.example.org, 20 days left")]
    [InlineData("www.example.org", 100, 30, "shop.example.org", "for www.example.org, 100 days left")]
    [InlineData("www.example.org", -2, 0, null, "for www.example.org, -2 days left")]
    public async Task A_certificate_is_judged_by_its_names_and_its_days(string name, int days, int least, string? wanted, string? failure)
    {
        using X509Certificate2 certificate = Certificate(name, days);
        string? asked = null;
        int port = Serve(async stream =>
        {
            await using SslStream secure = new(stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, server) =>
                {
                    asked = server;
                    return certificate;
                },
            }, Stop);
            await LineAsync(secure);
            await secure.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Stop);
        });
        HttpProbe probe = new() { Secure = true, Host = "www.example.org:8443", CertificateName = wanted, CertificateDays = least };

        IReadOnlyList<HealthFinding> findings = await probe.ProbeAsync(To(port), Stop);

        Assert.Equal(failure is null ? ["Tcp", "Tls", "Certificate", "Http"] : ["Tcp", "Tls", "Certificate"], findings.Select(finding => finding.Check));
        Assert.Equal(failure is null ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed, findings[^1].Outcome);
        Assert.StartsWith(failure ?? $"for {name}, {days} days left", findings[2].Found, StringComparison.Ordinal);
        Assert.Equal("www.example.org", asked);
    }

    [Fact]
    public async Task A_server_without_TLS_fails_the_handshake()
    {
        int port = Serve(async stream => await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Stop));

        IReadOnlyList<HealthFinding> findings = await new HttpProbe { Secure = true }.ProbeAsync(To(port), Stop);

        Assert.Equal(("Tls", LvsCheckOutcome.Failed), (findings[^1].Check, findings[^1].Outcome));
    }

    [Theory]
    [InlineData("220 mail ESMTP", "250-mail\r\n250 8BITMIME", "250 ok", null)]
    [InlineData("554 no", "", "", "to the banner: 554 no")]
    [InlineData("220-mail\r\n220 ready", "502 what", "", "to EHLO: 502 what")]
    [InlineData("220 mail", "250 mail", "421 busy", "to NOOP: 421 busy")]
    public async Task A_mail_server_is_greeted(string banner, string hello, string nothing, string? failure)
    {
        int port = Serve(async stream =>
        {
            foreach (string answer in new[] { banner, hello, nothing }.Where(answer => answer.Length > 0))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), Stop);
                await LineAsync(stream);
            }
        });

        HealthFinding finding = (await new SmtpProbe().ProbeAsync(To(port), Stop))[^1];

        Assert.Equal(failure is null ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed, finding.Outcome);
        Assert.Equal(failure ?? "220 mail ESMTP", finding.Found);
    }

    [Theory]
    [InlineData(0, false, LvsCheckOutcome.Passed, "192.0.2.80")]
    [InlineData(0, true, LvsCheckOutcome.Passed, "192.0.2.80")]
    [InlineData(2, false, LvsCheckOutcome.Failed, "the name server failed (SERVFAIL)")]
    [InlineData(3, false, LvsCheckOutcome.Failed, "there is no such name (NXDOMAIN): www.example.org")]
    public async Task A_name_server_is_asked_over_UDP_and_over_TCP_when_the_answer_is_cut_short(int code, bool isCut, LvsCheckOutcome outcome, string found)
    {
        int port = Serve(async stream =>
        {
            byte[] length = new byte[2];
            await stream.ReadExactlyAsync(length, Stop);
            byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(query, Stop);
            byte[] answer = DnsAnswer(query, code);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
            await stream.WriteAsync((byte[])[.. length, .. answer], Stop);
        });
        Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _owned.Add(udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _ = Task.Run(async () =>
        {
            byte[] buffer = new byte[512];
            SocketReceiveFromResult asked = await udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), Stop);
            byte[] answer = DnsAnswer(buffer[..asked.ReceivedBytes], code);
            answer[2] |= isCut ? (byte)2 : (byte)0;
            await udp.SendToAsync(answer, asked.RemoteEndPoint, Stop);
        }, Stop);

        HealthFinding finding = (await new DnsProbe { Name = "www.example.org" }.ProbeAsync(To(port), Stop))[^1];

        Assert.Equal(("Dns", outcome, found), (finding.Check, finding.Outcome, finding.Found));
    }

    [Fact]
    public async Task Any_bytes_from_a_server_give_a_finding_and_no_other_exception()
    {
        Random random = new(7);
        for (int round = 0; round < 30; round++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            if (round % 3 == 0)
            {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray().AsSpan(0, Math.Min(noise.Length, 47)).CopyTo(noise);
            }

            int port = Serve(async stream => await stream.WriteAsync(noise, Stop));
            foreach (HealthProbe probe in new HealthProbe[]
            {
                new HttpProbe { BodyPattern = new("x"), Timeout = TimeSpan.FromSeconds(2) }, new SmtpProbe { Timeout = TimeSpan.FromSeconds(2) }, new HttpProbe { Secure = true, Timeout = TimeSpan.FromSeconds(2) },
                new DnsProbe { Name = "a.b", OverTcp = true, Timeout = TimeSpan.FromSeconds(2) },
            })
            {
                Assert.DoesNotContain("no answer within", (await probe.ProbeAsync(To(port), Stop))[^1].Found, StringComparison.Ordinal);
            }
        }
    }

    private sealed class RefusedPath : IProbePath
    {
        public string Target => "nowhere";

        public string From => "here";

        public bool IsThroughVip => true;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => throw new SocketException((int)SocketError.NetworkUnreachable);

        public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

        public ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private static DirectPath To(int port) => new(new LocalHost(), LvsAddress.Parse("127.0.0.1"), port);

    private static byte[] DnsAnswer(byte[] query, int code)
    {
        byte[] answer = [.. query, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 80];
        answer[2] |= 0x80;
        answer[3] = (byte)code;
        answer[7] = code == 0 ? (byte)1 : (byte)0;
        return code == 0 ? answer : answer[..query.Length];
    }

    private static X509Certificate2 Certificate(string name, int days)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        // A little more than whole days, for they are counted down.
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(days).AddHours(1);
        using X509Certificate2 certificate = request.CreateSelfSigned(end.AddDays(-300), end);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<string> LineAsync(Stream stream)
    {
        byte[] buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, Stop));
    }

    private int Serve(Func<Stream, Task> answer)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        _owned.Add(listener);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using Socket client = await listener.AcceptSocketAsync(Stop);
                await using NetworkStream stream = new(client);
                try
                {
                    await answer(stream);
                    client.Shutdown(SocketShutdown.Send);
                    await stream.CopyToAsync(Stream.Null, Stop);
                }
                catch (Exception failure) when (failure is IOException or SocketException or System.Security.Authentication.AuthenticationException)
                {
                    // The probe tells.
                }
            }
        }, Stop);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
