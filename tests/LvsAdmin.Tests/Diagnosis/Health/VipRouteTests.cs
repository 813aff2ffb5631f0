using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Diagnosis.Health;

/// <summary>By which way, and from which address, a director asks a real server by the virtual IP.</summary>
[Trait("Level", "Bytes")]
public sealed class VipRouteTests
{
    [Theory]
    [InlineData("-4", "192.0.2.21", "192.0.2.10", "192.0.2.1")]
    [InlineData("-6", "2001:db8::21", "2001:db8::10", "2001:db8::1")]
    public async Task It_is_not_asked_from_the_virtual_IP_itself_which_a_service_of_a_firewall_mark_does_not_tell(string family, string server, string vip, string own)
    {
        FakeHost host = new()
        {
            Program = invocation => new ProgramResult(
                0,
                $"{invocation}" == $"ip {family} -json route get {server}"
                    ? $$"""[{"dst":"{{server}}","dev":"eth0","prefsrc":"{{vip}}"}]"""
                    : $$"""[{"ifname":"eth0","addr_info":[{"local":"{{vip}}"},{"local":"{{own}}"}]}]""",
                string.Empty),
        };

        VipRoute route = await VipRoute.FindAsync(host, LvsAddress.Parse(server), LvsAddress.Parse(vip), new HashSet<LvsAddress>(), TestContext.Current.CancellationToken);

        Assert.Equal(("eth0", own), (route.Interface, $"{route.Source}"));
    }
}
