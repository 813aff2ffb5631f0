using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Tests.Configuration;

/// <summary>What holds of every text format.</summary>
internal static class RoundTrips
{
    private const int Rounds = 400;

    /// <summary>What a format can say comes back equal, and nobody is warned.</summary>
    internal static void Exact(Func<Random, LvsConfiguration> make, Func<LvsConfiguration, ConfigurationWriting> write, Func<string, ConfigurationReading> read) =>
        Try(random =>
        {
            LvsConfiguration made = make(random);
            ConfigurationWriting writing = write(made);
            Assert.Empty(writing.Notes);
            ConfigurationReading reading = read(writing.Text);
            Assert.Empty(reading.Notes);
            Assert.Equal(Normal(made), Normal(reading.Configuration));
            Assert.Equal(writing.Text, write(reading.Configuration).Text);
        });

    /// <summary>Of everything, each single part comes back or is noted.</summary>
    internal static void NothingLostInSilence(Func<LvsConfiguration, ConfigurationWriting> write, Func<string, ConfigurationReading> read) =>
        Try(random =>
        {
            LvsConfiguration made = RandomConfigurations.Everything(random);
            foreach (LvsConfiguration part in Parts(made))
            {
                ConfigurationWriting writing = write(part);
                ConfigurationReading reading = read(writing.Text);
                if (writing.Notes.Count == 0)
                {
                    Assert.Equal(Normal(part), Normal(reading.Configuration));
                }
            }
        });

    /// <summary>Any text gives a value or a <see cref="LvsConfigurationException"/>.</summary>
    internal static void Fuzz(Func<string, ConfigurationReading> read, Func<Random, string> text, string[] words) => Try(random =>
    {
        for (int variant = 0; variant < 20; variant++)
        {
            try
            {
                read(Damage(random, text(random), words));
            }
            catch (LvsConfigurationException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    });

    private static IReadOnlyList<string> Normal(LvsConfiguration configuration) => ConfigurationDump.Lines(ConfigurationDump.Normal(configuration));

    // A document that loses one thing, and says so, could lose another in silence: so each part stands alone.
    private static IEnumerable<LvsConfiguration> Parts(LvsConfiguration whole)
    {
        yield return whole with { VirtualServices = [] };
        foreach (ServiceConfiguration service in whole.VirtualServices)
        {
            LvsConfiguration alone = new() { VirtualServices = [service] };
            yield return alone;
            yield return new LvsConfiguration { VirtualServices = [new ServiceConfiguration { Settings = service.Settings, RealServers = [], Quorum = service.Quorum }] };
            yield return new LvsConfiguration { VirtualServices = [new ServiceConfiguration { Settings = service.Settings, RealServers = [], SorryServer = service.SorryServer }] };
            yield return new LvsConfiguration { VirtualServices = [new ServiceConfiguration { Settings = service.Settings, RealServers = [], HealthCheck = service.HealthCheck }] };
            foreach (ServerConfiguration server in service.RealServers ?? [])
            {
                yield return new LvsConfiguration { VirtualServices = [new ServiceConfiguration { Settings = service.Settings, RealServers = [server] }] };
            }
        }
    }

    private static string Damage(Random random, string text, string[] words)
    {
        List<string> tokens = [.. text.Replace("\n", " \n ", StringComparison.Ordinal).Split(' ')];
        for (int blow = random.Next(1, 4); blow > 0; blow--)
        {
            int at = random.Next(tokens.Count);
            switch (random.Next(5))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, RandomConfigurations.Pick(random, words));
                    break;
                case 2:
                    tokens[at] = RandomConfigurations.Pick(random, words);
                    break;
                case 3:
                    tokens.Insert(at, new string([.. Enumerable.Range(0, random.Next(8)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 0x3000))]));
                    break;
                default:
                    tokens[at] = tokens[at][random.Next(tokens[at].Length + 1)..];
                    break;
            }

            if (tokens.Count == 0)
            {
                return string.Empty;
            }
        }

        return string.Join(' ', tokens);
    }

    private static void Try(Action<Random> test)
    {
        int seed = Environment.TickCount;
        for (int round = 0; round < Rounds; round++)
        {
            try
            {
                test(new Random(seed + round));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"With the seed {seed + round}: {exception.Message}", exception);
            }
        }
    }
}
