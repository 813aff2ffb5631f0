using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

public sealed class RandomConfigurationsTests
{
    [Fact]
    public void Every_random_table_is_one_that_we_take()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        int services = 0;
        for (int round = 0; round < 300; round++)
        {
            foreach (ServiceConfiguration service in RandomConfigurations.Everything(random).VirtualServices.Concat(RandomConfigurations.Table(random).VirtualServices))
            {
                services++;
                IpvsValidation.Check(service.Settings);
                foreach (ServerConfiguration server in service.RealServers ?? [])
                {
                    IpvsValidation.Check(service.VirtualService, server.Settings);
                }
            }
        }

        Assert.True(services > 1000, $"seed {seed}: only {services} services");
    }

    [Fact]
    public void The_same_chance_gives_the_same() => Assert.Equal(
        ConfigurationDump.Lines(RandomConfigurations.Everything(new Random(5))), ConfigurationDump.Lines(RandomConfigurations.Everything(new Random(5))));
}
