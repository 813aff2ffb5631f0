using System.Text.Json;
using System.Text.Json.Nodes;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Configuration;

/// <summary>The published schema and the reader of documents say the same, as far as a schema can say it.</summary>
public sealed class SchemaTests
{
    private static readonly string SchemaText = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Checkout.Manifest())!, DocumentKeys.SchemaFile));

    private static readonly SmallSchema Schema = new(SchemaText);

    /// <summary>Documents, and whether they are right; those of the other tests too.</summary>
    public static TheoryData<string, bool> Samples()
    {
        TheoryData<string, bool> samples = new()
        {
            { "{}", true },
            { """{"version": null, "scope": null, "timeouts": null, "syncDaemons": null, "directorVips": null, "forwarding": null, "kernelParameters": null}""", true },
            { """{"serverLists": null, "templates": null, "virtualServices": null, "owner": null, "$schema": null}""", true },
            { """{"timeouts": {"tcp": 9e2}, "virtualServices": {"virtualService": "192.0.2.10:80", "weight": 1.0, "forwarding": "MASQ", "tunnelType": "ipip"}}""", true },
            { """{"syncDaemons": {"role": "backup", "interface": "eth0"}, "scope": "*", "directorVips": "2001:db8::10"}""", true },
            { """{"syncDaemons": [], "virtualServices": []}""", true },
            { """{"virtualServices": [{"virtualService": "192.0.2.10:80", "realServers": {"realServer": "192.0.2.21", "healthCheck": {"kind": "ping", "interval": 0.5}}}]}""", true },
            { """{"virtualServices": [{"virtualService": "192.0.2.10:80", "template": null, "healthCheck": null, "sorryServer": null, "realServers": null, "minimumAvailable": "007%"}]}""", true },
            { """{"virtualServices": [null]}""", false },
            { """{"scope": [null]}""", false },
            { """{"virtualServices": [{"virtualService": null}]}""", false },
            { """{"virtualServices": [{"virtualService": "192.0.2.10:80", "minimumAvailable": "1 %"}]}""", false },
            { """{"virtualServices": [{"virtualService": "192.0.2.10:80", "realServers": [null]}]}""", false },
            { """{"templates": {"http": []}}""", false },
        };
        foreach (ITheoryDataRow row in DocumentErrorTests.Wrong())
        {
            object?[] cells = row.GetData();
            if (cells[5] is true)
            {
                samples.Add((string)cells[0]!, false);
            }
        }

        return samples;
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_schema_judges_as_the_reader_does(string text, bool isRight)
    {
        Assert.Equal(isRight, Reads(text));
        Assert.Equal(isRight, Fits(text));
    }

    [Fact]
    public void What_is_written_fits_the_schema()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int round = 0; round < 100; round++)
        {
            string text = JsonText.Write(RandomDocuments.Next(random)).Text;
            Assert.True(Fits(text), $"seed {seed}, round {round}:\n{text}");
        }
    }

    [Fact]
    public void The_schema_has_the_names_that_the_reader_knows()
    {
        JsonObject schema = JsonNode.Parse(SchemaText)!.AsObject();
        Assert.Equal(DocumentKeys.Document.Order(), Names(schema));
        Assert.Equal(DocumentKeys.Timeouts.Order(), Names(schema["properties"]!["timeouts"]!));
        Assert.Equal(DocumentKeys.Forwarding.Order(), Names(schema["properties"]!["forwarding"]!));

        JsonNode definitions = schema["$defs"]!;
        Assert.Equal(DocumentKeys.SyncDaemon.Order(), Names(definitions["syncDaemon"]!));
        Assert.Equal(DocumentKeys.DirectorVip.Order(), Names(definitions["directorVip"]!["anyOf"]![1]!));
        Assert.Equal(DocumentKeys.ServerValues.Order(), Names(definitions["serverValues"]!));
        Assert.Equal(DocumentKeys.VirtualService.Order(), Names(definitions["virtualService"]!));
        Assert.Equal(DocumentKeys.Template.Order(), Names(definitions["template"]!));
        Assert.Equal(DocumentKeys.RealServer.Order(), Names(definitions["realServer"]!["anyOf"]![1]!));
        Assert.Equal(DocumentKeys.ListUse.Order(), Names(definitions["listUse"]!));
        Assert.Equal(DocumentKeys.SorryServer.Order(), Names(definitions["sorryServer"]!));
        Assert.Equal(DocumentKeys.HealthCheck.Order(), Names(definitions["healthCheck"]!));
    }

    private static IEnumerable<string> Names(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key).Order();

    private static bool Reads(string text)
    {
        try
        {
            return JsonText.Read(text, null) is not null;
        }
        catch (LvsConfigurationException)
        {
            return false;
        }
    }

    private static bool Fits(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        return Schema.IsValid(document.RootElement);
    }
}
