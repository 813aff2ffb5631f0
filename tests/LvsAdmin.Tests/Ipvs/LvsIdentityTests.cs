using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Ipvs;

[Trait("Level", "Bytes")]
public sealed class LvsIdentityTests
{
    [Theory]
    [InlineData("tcp/192.0.2.10:80", "tcp/192.0.2.10:80")]
    [InlineData("192.0.2.10:80", "tcp/192.0.2.10:80")]
    [InlineData("TCP/192.0.2.10:80", "tcp/192.0.2.10:80")]
    [InlineData("Udp/[2001:DB8::10]:53", "udp/[2001:db8::10]:53")]
    [InlineData("[2001:db8::10]:53", "tcp/[2001:db8::10]:53")]
    [InlineData("sctp/192.0.2.10:3868", "sctp/192.0.2.10:3868")]
    [InlineData("fwmark/7", "fwmark/7")]
    [InlineData("FWMARK6/4294967295", "fwmark6/4294967295")]
    [InlineData("tcp/0.0.0.0:0", "tcp/0.0.0.0:0")]
    [InlineData("tcp/192.0.2.10:65535", "tcp/192.0.2.10:65535")]
    [InlineData("proto47/192.0.2.10:0", "proto47/192.0.2.10:0")]
    [InlineData("proto6/192.0.2.10:80", "tcp/192.0.2.10:80")]
    // The kernel keeps the protocol of a service in 16 bits, and takes every number.
    [InlineData("proto300/192.0.2.10:80", "proto300/192.0.2.10:80")]
    public void A_service_is_read_and_written(string text, string canonical)
    {
        LvsServiceId service = LvsServiceId.Parse(text);
        Assert.Equal(canonical, service.ToString());
        Assert.Equal(service, LvsServiceId.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tcp/192.0.2.10")]
    [InlineData("tcp/192.0.2.10:")]
    [InlineData("tcp/192.0.2.10:70000")]
    [InlineData("tcp/192.0.2.10:-1")]
    [InlineData("tcp/192.0.2.10:+80")]
    [InlineData("tcp/192.0.2.10:080")]
    [InlineData("tcp/192.0.2.10:80 ")]
    [InlineData("tcp/192.0.2.10:８０")]
    [InlineData("tcp/192.0.2.10:80:90")]
    [InlineData("tcp/2001:db8::10")]
    [InlineData("tcp/2001:db8::10:80:")]
    [InlineData("tcp/[2001:db8::10]")]
    [InlineData("tcp/[2001:db8::10]80")]
    [InlineData("tcp/[2001:db8::10:80")]
    [InlineData("tcp/[192.0.2.10]:80")]
    [InlineData("tcp/[fe80::1%eth0]:80")]
    [InlineData("tcp/010.0.0.1:80")]
    [InlineData("tcp/:80")]
    [InlineData("icmp/192.0.2.10:80")]
    [InlineData("tcp/tcp/192.0.2.10:80")]
    [InlineData("/192.0.2.10:80")]
    [InlineData(" tcp/192.0.2.10:80")]
    [InlineData("fwmark/0")]
    [InlineData("fwmark/-1")]
    [InlineData("fwmark/07x")]
    [InlineData("fwmark/4294967296")]
    [InlineData("fwmark/")]
    [InlineData("proto/192.0.2.10:80")]
    [InlineData("proto65536/192.0.2.10:80")]
    [InlineData("proto-1/192.0.2.10:80")]
    public void A_text_that_names_no_service_is_refused_with_the_right_way_to_write_it(string text)
    {
        Assert.False(LvsServiceId.TryParse(text, out LvsServiceId? service, out string? reason));
        Assert.Null(service);
        Assert.False(string.IsNullOrWhiteSpace(reason));
        Assert.Equal(reason, Assert.Throws<FormatException>(() => LvsServiceId.Parse(text)).Message);
    }

    [Fact]
    public void A_mark_of_zero_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new LvsServiceId(0, LvsAddressFamily.IPv4));

    [Theory]
    [InlineData("192.0.2.21", "192.0.2.21", null)]
    [InlineData("192.0.2.21:8080", "192.0.2.21:8080", 8080)]
    [InlineData("2001:DB8::21", "2001:db8::21", null)]
    [InlineData("[2001:db8::21]", "2001:db8::21", null)]
    [InlineData("[2001:db8::21]:80", "[2001:db8::21]:80", 80)]
    [InlineData("192.0.2.21:0", "192.0.2.21:0", 0)]
    public void A_server_is_read_and_written(string text, string canonical, int? port)
    {
        LvsServerId server = LvsServerId.Parse(text);
        Assert.Equal(canonical, server.ToString());
        Assert.Equal(port, server.Port);
        Assert.Equal(server, LvsServerId.Parse(canonical));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("192.0.2.21:70000", "no port")]
    [InlineData("192.0.2.21:080", "no port")]
    [InlineData("192.0.2.21:", "no port")]
    [InlineData("010.0.0.1", "leading zero")]
    [InlineData("fe80::1%eth0", "zone")]
    [InlineData("0.0.0.0", "names no host")]
    [InlineData("::", "names no host")]
    [InlineData("224.0.0.1:80", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("[fe80::1]:80", "link-local")]
    [InlineData("web1.example", "four decimal numbers")]
    public void A_text_that_names_no_server_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(LvsServerId.TryParse(text, out LvsServerId? server, out string? told));
        Assert.Null(server);
        Assert.Contains(reason, told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_a_port_takes_its_services_and_zero_from_a_mark()
    {
        LvsServiceId service = LvsServiceId.Parse("tcp/192.0.2.10:80");
        Assert.Equal("192.0.2.21:80", LvsServerId.Parse("192.0.2.21").Within(service).ToString());
        Assert.Equal("192.0.2.21:8080", LvsServerId.Parse("192.0.2.21:8080").Within(service).ToString());
        Assert.Equal("192.0.2.21:0", LvsServerId.Parse("192.0.2.21").Within(LvsServiceId.Parse("fwmark/7")).ToString());
    }

    [Fact]
    public void Services_are_ordered_and_told_apart_by_all_that_identifies_them()
    {
        string[] ordered =
        [
            "tcp/192.0.2.9:80", "tcp/192.0.2.10:53", "udp/192.0.2.10:53", "tcp/192.0.2.10:80", "fwmark/7", "fwmark/8",
            "tcp/[2001:db8::10]:80", "fwmark6/7",
        ];
        LvsServiceId[] services = [.. ordered.Select(LvsServiceId.Parse)];
        Assert.Equal(ordered, services.Reverse().Order().Select(service => service.ToString()));
        for (int left = 0; left < services.Length; left++)
        {
            for (int right = 0; right < services.Length; right++)
            {
                Assert.Equal(left == right, services[left] == services[right]);
                Assert.Equal(left != right, services[left] != services[right]);
                Assert.Equal(left < right, services[left] < services[right]);
                Assert.Equal(left >= right, services[left] >= services[right]);
            }
        }

        Assert.Equal(services[0].GetHashCode(), LvsServiceId.Parse(ordered[0]).GetHashCode());
        Assert.True(services[0] > null && null < services[0] && (LvsServiceId?)null == null && services[0] != null);
    }

    [Fact]
    public void Servers_are_ordered_by_number_and_not_by_text()
    {
        string[] ordered = ["192.0.2.9:80", "192.0.2.10", "192.0.2.10:80", "192.0.2.10:443", "[2001:db8::21]:80"];
        Assert.Equal(ordered, ordered.Reverse().Select(LvsServerId.Parse).Order().Select(server => server.ToString()));
        Assert.NotEqual(LvsServerId.Parse("192.0.2.10"), LvsServerId.Parse("192.0.2.10:80"));
        Assert.True(LvsServerId.Parse("192.0.2.10") == LvsServerId.Parse("192.0.2.10"));
    }

    [Theory]
    [InlineData(LvsForwardingMethod.Nat, "Nat", "masq", "-m", "Masquerading")]
    [InlineData(LvsForwardingMethod.DirectRouting, "DirectRouting", "dr", "gate", "-g", "route", " DR ")]
    [InlineData(LvsForwardingMethod.Tunnel, "Tunnel", "TUN", "ipip", "-i")]
    public void A_forwarding_method_has_the_names_that_people_use(LvsForwardingMethod method, params string[] words) =>
        Assert.All(words, word => Assert.Equal(method, LvsForwarding.Parse(word)));

    [Theory]
    [InlineData("")]
    [InlineData("LocalNode")]
    [InlineData("Bypass")]
    [InlineData("3")]
    [InlineData("-x")]
    public void Other_words_are_no_forwarding_method(string word) => Assert.Throws<FormatException>(() => LvsForwarding.Parse(word));

    [Theory]
    [InlineData("", 0u, null, "")]
    [InlineData("none", 0u, null, "")]
    [InlineData("mh-port,mh-fallback", 0x18u, "mh", "mh-fallback,mh-port")]
    [InlineData("SH-PORT", 0x10u, "sh", "sh-port")]
    [InlineData("sh-fallback, flag-3", 0x28u, "sh", "sh-fallback,flag-3")]
    [InlineData("flag-1 flag-2", 0x18u, null, "flag-1,flag-2")]
    public void Scheduler_flags_are_read_and_written(string text, uint bits, string? scheduler, string canonical)
    {
        LvsSchedulerFlags flags = LvsSchedulerFlags.Parse(text);
        Assert.Equal((bits, scheduler, canonical), (flags.Bits, flags.Scheduler, flags.ToString()));
        Assert.Equal(flags, LvsSchedulerFlags.Parse(canonical));
    }

    [Theory]
    [InlineData("sh-port,mh-port")]
    [InlineData("flag-4")]
    [InlineData("persistent")]
    public void Other_scheduler_flags_are_refused(string text) => Assert.Throws<FormatException>(() => LvsSchedulerFlags.Parse(text));

    [Fact]
    public void Scheduler_flags_are_equal_when_the_bits_are_and_hold_no_others()
    {
        Assert.True(LvsSchedulerFlags.Parse("mh-port") == LvsSchedulerFlags.Parse("sh-port"));
        Assert.True(LvsSchedulerFlags.Parse("mh-port") != LvsSchedulerFlags.Parse("mh-fallback"));
        Assert.Equal(LvsSchedulerFlags.Mask, new LvsSchedulerFlags(uint.MaxValue).Bits);
        Assert.Equal("mh-port", LvsSchedulerFlags.Parse("flag-2").For("mh").ToString());
        Assert.Equal("flag-2", LvsSchedulerFlags.Parse("mh-port").For("rr").ToString());
    }
}
