using System.Collections;
using System.Management.Automation;
using System.Reflection;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Objects that were in another session, a job or a file: they say, show and choose the same as those that were not.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class DeserializedObjectTests(CmdletFixture fixture)
{
    // The depth that remoting uses where a type says nothing else.
    private const string RoundTrip = "$input | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_, 1)) }";

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, Samples.All.Count)];

    [Fact]
    public void Every_type_that_a_cmdlet_writes_is_among_the_samples()
    {
        IEnumerable<string> written = fixture.Engine.Run("Get-Command -Module LvsAdmin").Output
            .SelectMany(command => ((CmdletInfo)command.BaseObject).OutputType)
            .Select(type => type.Name)
            // What belongs to this process stays in it: sessions, and what Install-LvsModule did by one.
            .Where(name => name.StartsWith("LvsAdmin.Core.", StringComparison.Ordinal)).Distinct();

        Assert.Equal(written.Order(), Samples.All.Select(sample => sample.GetType().FullName!).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Every_property_has_the_same_text(int index)
    {
        object live = Samples.All[index];
        PSObject copy = Copy(live);

        Assert.Equal("Deserialized." + live.GetType().FullName, copy.TypeNames[0]);
        foreach (PropertyInfo property in live.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Assert.Equal($"{property.Name}: {Text(property.GetValue(live))}", $"{property.Name}: {Text(copy.Properties[property.Name]?.Value)}");
        }
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void The_view_is_the_same(int index)
    {
        object live = Samples.All[index];
        string shown = fixture.Engine.Render([live]);
        PSObject copy = Copy(live);
        // What remoting adds.
        copy.Properties.Add(new PSNoteProperty("PSComputerName", "lb1"));
        copy.Properties.Add(new PSNoteProperty("RunspaceId", Guid.NewGuid()));

        Assert.Equal(shown, fixture.Engine.Render([copy]));
        Assert.DoesNotContain("Deserialized", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_are_a_level_below_and_come_along()
    {
        PSObject statistics = PSObject.AsPSObject(Copy(Samples.Server).Properties["Statistics"].Value);

        Assert.Equal(1UL, statistics.Properties["Connections"].Value);
        Assert.Equal(ulong.MaxValue, statistics.Properties["OutgoingBytesPerSecond"].Value);
    }

    [Fact]
    public void A_real_server_names_its_services_virtual_IP_and_not_its_own_address()
    {
        LvsRealServer live = new(LvsServiceId.Parse("192.0.2.10:80"), new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.21:80") }) { HostName = "localhost" };
        const string Command = "$input | Enable-LvsRealServerVip -WhatIf -Verbose";

        EngineResult expected = fixture.Engine.Run(Command, live);
        EngineResult result = fixture.Engine.Run(Command, Copy(live));

        Assert.StartsWith("NotThisRealServer,", Assert.Single(expected.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(expected.Errors.Select(error => error.ToString()), result.Errors.Select(error => error.ToString()));
        Assert.Equal(expected.Verbose, result.Verbose);
        Assert.Equal(expected.HostText, result.HostText);
    }

    private PSObject Copy(object live) => Assert.Single(fixture.Engine.Run(RoundTrip, live).Output);

    private static string Text(object? value) => value switch
    {
        PSObject { BaseObject: IEnumerable and not string } list => Text(list.BaseObject),
        IEnumerable list and not string => string.Join(", ", list.Cast<object>().Select(Text)),
        _ => LanguagePrimitives.ConvertTo<string>(value) ?? string.Empty,
    };
}
