using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Diagnosis;

/// <summary>Lines that mend something, as a person would type them.</summary>
public sealed class LvsRemedyTests
{
    private static readonly LvsServiceId Service = LvsServiceId.Parse("tcp/[2001:db8::10]:80");

    [Fact]
    public async Task What_people_type_first_stands_without_a_name()
    {
        await using LocalHost host = new("rs1");

        Assert.Equal(
            "Set-LvsRealServer 'tcp/[2001:db8::10]:80' '[2001:db8::21]:80' -Weight 1 -Force -NetworkNamespace rs1",
            $"{LvsRemedy.On(host, "Set-LvsRealServer", ("VirtualService", Service), ("RealServer", LvsServerId.Parse("[2001:db8::21]:80")), ("Weight", 1), ("Force", true))}");
    }

    [Theory]
    [InlineData("eth0", "eth0")]
    [InlineData("eth0; rm -r /", "'eth0; rm -r /'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("$(whoami)", "'$(whoami)'")]
    [InlineData("-Force", "'-Force'")]
    [InlineData("\u2019", "'\u2019\u2019'")]
    [InlineData("", "''")]
    public async Task What_a_host_told_cannot_become_more_than_a_value(string value, string expected)
    {
        await using LocalHost host = new(null);

        Assert.Equal($"Set-LvsArpPolicy -Interface {expected}", $"{LvsRemedy.On(host, "Set-LvsArpPolicy", ("Interface", value))}");
    }

    [Fact]
    public async Task What_has_to_follow_stands_on_the_same_line()
    {
        await using LocalHost host = new(null);

        Assert.Equal("Disable-LvsRealServerVip 192.0.2.10; Enable-LvsRealServerVip 192.0.2.10", $"{LvsRemedy.On(host, "Disable-LvsRealServerVip", ("Address", "192.0.2.10")) with
        {
            Then = LvsRemedy.On(host, "Enable-LvsRealServerVip", ("Address", "192.0.2.10")),
        }}");
    }
}
