using System.Text;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Tests.Configuration;

/// <summary>What is true of every document.</summary>
public sealed class DocumentPropertyTests
{
    private const int Rounds = 300;

    [Fact]
    public void What_is_written_is_read_as_it_was_and_written_the_same()
    {
        ForEach((random, where) =>
        {
            LvsConfiguration written = RandomDocuments.Next(random);
            string text = JsonText.Write(written).Text;

            ConfigurationReading reading = JsonText.Read(text, null);

            LvsConfiguration read = reading.Configuration;
            Assert.True(JsonText.Write(read).Text == text, where);
            Assert.True(JsonText.Write(JsonText.Revive(text)).Text == text, where);
            // By the values themselves, for a value that is not written would not be missed in a text.
            Assert.Equal((written.Owner, written.Timeout, written.ForwardingIPv4, written.ForwardingIPv6), (read.Owner, read.Timeout, read.ForwardingIPv4, read.ForwardingIPv6));
            Assert.Equal(written.Scope.Order(), read.Scope.Order());
            Assert.Equal(written.SyncDaemons?.OrderBy(daemon => daemon.Role), read.SyncDaemons);
            Assert.Equal(written.DirectorVips.OrderBy(vip => vip.Address), read.DirectorVips);
            Assert.Equal(written.KernelParameters.OrderBy(each => each.Key, StringComparer.Ordinal), read.KernelParameters);
            Assert.Equal(written.VirtualServices.Count, read.VirtualServices.Count);
            foreach ((ServiceConfiguration before, ServiceConfiguration after) in written.VirtualServices.OrderBy(service => service.VirtualService).Zip(read.VirtualServices))
            {
                Assert.Equal(before.Settings, after.Settings);
                Assert.Equal(
                    (before.MinimumAvailable, before.MinimumIsPercent, before.Quorum, before.SorryServer), (after.MinimumAvailable, after.MinimumIsPercent, after.Quorum, after.SorryServer));
                Same(before.HealthCheck, after.HealthCheck);
                Assert.Equal(before.RealServers?.OrderBy(server => server.RealServer).Select(server => server.Settings), after.RealServers?.Select(server => server.Settings));
                foreach ((ServerConfiguration one, ServerConfiguration other) in (before.RealServers ?? []).OrderBy(server => server.RealServer).Zip(after.RealServers ?? []))
                {
                    Same(one.HealthCheck, other.HealthCheck);
                }
            }
        });
    }

    [Fact]
    public void Any_text_is_a_desired_state_or_one_typed_exception_with_a_line()
    {
        ForEach((random, where) =>
        {
            string text = Damage(random, JsonText.Write(RandomDocuments.Next(random)).Text);
            try
            {
                Assert.NotNull(JsonText.Read(text, "x.json"));
            }
            catch (LvsConfigurationException refused)
            {
                Assert.True(refused.Line > 0 && refused.Source == "x.json" && refused.Problems.Count > 0, $"{where}\n{text}");
            }
        });
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void A_text_nested_very_deeply_is_refused(string nesting)
    {
        string text = string.Concat(Enumerable.Repeat(nesting, 100_000));

        Assert.Equal("ConfigurationSyntax", Assert.Throws<LvsConfigurationException>(() => JsonText.Read(text, null)).Id);
    }

    [Theory]
    [InlineData("/etc/lvs/web.json", LvsConfigurationFormat.Json)]
    [InlineData(@"C:\lvs\WEB.PSD1", LvsConfigurationFormat.Psd1)]
    [InlineData("/etc/ipvsadm.rules", LvsConfigurationFormat.Ipvsadm)]
    [InlineData("/etc/sysconfig/ipvsadm", LvsConfigurationFormat.Ipvsadm)]
    [InlineData("/etc/keepalived/keepalived.conf", LvsConfigurationFormat.Keepalived)]
    [InlineData("keepalived-lb1.conf", LvsConfigurationFormat.Keepalived)]
    [InlineData("/etc/ha.d/ldirectord.cf", LvsConfigurationFormat.Ldirectord)]
    [InlineData("/etc/web.conf", null)]
    [InlineData("/etc/keepalived/keepalived", null)]
    [InlineData("/etc/some.json/x", null)]
    public void A_file_tells_by_its_name_how_it_is_written(string path, LvsConfigurationFormat? format) => Assert.Equal(format, ConfigurationText.FormatOf(path));

    private static void ForEach(Action<Random, string> test)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            test(random, $"seed {seed}, round {round}");
        }
    }

    private static void Same(HealthCheckSettings? left, HealthCheckSettings? right)
    {
        // A record compares its list by identity.
        Assert.Equal(left?.Status ?? [], right?.Status ?? []);
        Assert.Equal(left is null ? null : left with { Status = [] }, right is null ? null : right with { Status = [] });
    }

    // Letters of the text itself, which keep it near to what is read.
    private static string Damage(Random random, string text)
    {
        StringBuilder damaged = new(text);
        for (int count = random.Next(1, 6); count > 0 && damaged.Length > 2; count--)
        {
            int place = random.Next(damaged.Length - 1);
            int length = Math.Min(random.Next(1, 30), damaged.Length - place);
            switch (random.Next(4))
            {
                case 0:
                    damaged.Remove(place, length);
                    break;
                case 1:
                    damaged.Insert(random.Next(damaged.Length), damaged.ToString(place, length));
                    break;
                case 2:
                    damaged[place] = (char)random.Next(32, 0xffff);
                    break;
                default:
                    damaged[place] = text[random.Next(text.Length)];
                    break;
            }
        }

        return damaged.ToString();
    }
}
