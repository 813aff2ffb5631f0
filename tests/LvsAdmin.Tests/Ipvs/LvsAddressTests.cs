using System.Net;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Ipvs;

[Trait("Level", "Bytes")]
public sealed class LvsAddressTests
{
    private static readonly string[] Kinds =
    [
        "0.0.0.0", "10.0.0.1", "223.255.255.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "2001:db8::1", "fe7f::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff02::1",
    ];

    [Theory]
    [InlineData("010.0.0.1", "leading zero")]
    [InlineData("10.0.0.00", "leading zero")]
    [InlineData("1", "four decimal numbers")]
    [InlineData("1.2.3", "four decimal numbers")]
    [InlineData("1.2.3.4.5", "four decimal numbers")]
    [InlineData("0x7f000001", "four decimal numbers")]
    [InlineData("300.1.1.1", "greater than 255")]
    [InlineData("256.0.0.0", "greater than 255")]
    [InlineData("1.2.3.1000", "no decimal number")]
    [InlineData("1.2.3.-4", "no decimal number")]
    [InlineData("1.2.3.+4", "no decimal number")]
    [InlineData("1..2.3", "no decimal number")]
    [InlineData("1.2.3.4 ", "no decimal number")]
    [InlineData(" 1.2.3.4", "no decimal number")]
    [InlineData("1.2.3.٤", "no decimal number")]
    [InlineData("１.2.3.4", "no decimal number")]
    [InlineData("", "empty")]
    [InlineData("localhost", "four decimal numbers")]
    [InlineData("fe80::1%eth0", "zone")]
    [InlineData("fe80::1%1", "zone")]
    [InlineData("::ffff:010.0.0.1", "no IPv6")]
    [InlineData("::ffff:1.2.3", "no IPv6")]
    [InlineData("::1.2.3.4:5", "no IPv6")]
    [InlineData("[::1]", "no IPv6")]
    [InlineData("[::1]:80", "no IPv6")]
    [InlineData("::1/64", "no IPv6")]
    [InlineData(" ::1", "no IPv6")]
    [InlineData("::1 ", "no IPv6")]
    [InlineData(":", "no IPv6")]
    [InlineData(":::", "no IPv6")]
    [InlineData("1:2:3:4:5:6:7", "no IPv6")]
    [InlineData("1:2:3:4:5:6:7:8:9", "no IPv6")]
    [InlineData("1:2:3:4::5:6:7:8", "no IPv6")]
    [InlineData("1::2::3", "no IPv6")]
    [InlineData("12345::", "no IPv6")]
    [InlineData("00001::", "no IPv6")]
    [InlineData(":1::2", "no IPv6")]
    [InlineData("1::2:", "no IPv6")]
    [InlineData("::１", "no IPv6")]
    [InlineData("g::", "no IPv6")]
    public void A_text_that_is_no_address_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(LvsAddress.TryParse(text, out LvsAddress address, out string? told));
        Assert.Contains(reason, told, StringComparison.Ordinal);
        Assert.Equal(default, address);
        Assert.Equal(told, Assert.Throws<FormatException>(() => LvsAddress.Parse(text)).Message);
    }

    [Fact]
    public void Nothing_is_no_address() => Assert.False(LvsAddress.TryParse(null, out _, out _));

    [Theory]
    [InlineData("192.0.2.10", "192.0.2.10")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("2001:DB8::10", "2001:db8::10")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0010", "2001:db8::10")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("::", "::")]
    [InlineData("::ffff:1.2.3.4", "::ffff:1.2.3.4")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    public void An_address_is_written_canonically_and_read_back(string text, string canonical)
    {
        LvsAddress address = LvsAddress.Parse(text);
        Assert.Equal(canonical, address.ToString());
        Assert.Equal(address, LvsAddress.Parse(canonical));
        Assert.Equal(IPAddress.Parse(text), address.ToIPAddress());
        Assert.Equal(address, LvsAddress.From(address.ToIPAddress()));
    }

    [Fact]
    public void An_IPv4_address_is_not_its_mapped_IPv6_one()
    {
        LvsAddress plain = LvsAddress.Parse("1.2.3.4");
        LvsAddress mapped = LvsAddress.Parse("::ffff:1.2.3.4");
        LvsAddress compatible = LvsAddress.Parse("::1.2.3.4");
        Assert.NotEqual(plain, mapped);
        Assert.NotEqual(plain, compatible);
        Assert.Equal((LvsAddressFamily.IPv4, 32), (plain.Family, plain.BitLength));
        Assert.Equal((LvsAddressFamily.IPv6, 128), (mapped.Family, mapped.BitLength));
    }

    [Fact]
    public void A_zone_of_the_runtimes_address_is_refused() =>
        Assert.Throws<ArgumentException>(() => LvsAddress.From(IPAddress.Parse("fe80::1%3")));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(17)]
    public void Bytes_that_are_no_address_are_refused(int length) => Assert.Throws<ArgumentException>(() => LvsAddress.FromBytes(new byte[length]));

    [Fact]
    public void The_kinds_of_addresses_are_told()
    {
        Assert.Equal(["0.0.0.0", "::"], All(address => address.IsUnspecified));
        Assert.Equal(["224.0.0.1", "239.255.255.255", "ff02::1"], All(address => address.IsMulticast));
        Assert.Equal(["255.255.255.255"], All(address => address.IsBroadcast));
        Assert.Equal(["fe80::1", "febf::1"], All(address => address.IsLinkLocalV6));

        static IEnumerable<string> All(Func<LvsAddress, bool> kind) =>
            Kinds.Select(LvsAddress.Parse).Where(kind).Select(address => address.ToString());
    }

    [Fact]
    public void Addresses_are_ordered_by_family_and_number()
    {
        string[] ordered = ["0.0.0.0", "9.0.0.1", "10.0.0.1", "10.0.0.2", "200.0.0.1", "::", "::1", "2001:db8::2", "2001:db8::10", "ff02::1"];
        Assert.Equal(ordered, ordered.Reverse().Select(LvsAddress.Parse).Order().Select(address => address.ToString()));
        LvsAddress low = LvsAddress.Parse("10.0.0.1");
        LvsAddress high = LvsAddress.Parse("10.0.0.2");
        Assert.True(low < high && low <= high && high > low && high >= low && low != high && !(low == high));
        Assert.Equal(1, low.CompareTo(null));
        Assert.Throws<ArgumentException>(() => low.CompareTo("10.0.0.1"));
    }

    [Fact]
    public void Brackets_are_for_IPv6_alone()
    {
        Assert.Equal("[2001:db8::1]", LvsAddress.Parse("2001:db8::1").ToBracketedString());
        Assert.Equal("192.0.2.1", LvsAddress.Parse("192.0.2.1").ToBracketedString());
    }
}
