using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Tests.Configuration;

/// <summary>What is wrong with a document is told with file, line and path, and everything at once.</summary>
public sealed class DocumentErrorTests
{
    /// <summary>A document, and the id, line and path of what is wrong, with a word of the message. A schema can know of those whose last column is true.</summary>
    public static TheoryData<string, string, int, string?, string, bool> Wrong() => new()
    {
        { "", "ConfigurationSyntax", 1, null, "empty", false },
        { "{", "ConfigurationSyntax", 1, null, "JSON", false },
        { "{\n\"owner\": \"x\"\n\"version\": 1}", "ConfigurationSyntax", 3, null, "JSON", false },
        { "{} {}", "ConfigurationSyntax", 1, null, "JSON", false },
        { "{\n\"owner\": \"\\ud800\"}", "ConfigurationSyntax", 2, null, "JSON", false },
        { "[]", "ConfigurationTypeWrong", 1, "", "a list", true },
        { "null", "ConfigurationTypeWrong", 1, "", "null", true },
        { "{\n\"version\": 2}", "ConfigurationVersionUnknown", 2, "version", "version 2", true },
        { "{\n\"virtualServics\": []}", "ConfigurationKeyUnknown", 2, "virtualServics", "Did you mean virtualServices?", true },
        { "{\n\"VirtualServices\": []}", "ConfigurationKeyUnknown", 2, "VirtualServices", "Did you mean virtualServices?", true },
        { "{\"owner\": \"x\",\n\"owner\": \"y\"}", "ConfigurationKeyTwice", 2, "owner", "first on line 1", false },
        { "{\n\"owner\": 7}", "ConfigurationTypeWrong", 2, "owner", "a text", true },
        { "{\n\"scope\": [\"tcp/*\",\n\"192.0.2.1\"]}", "ConfigurationValueInvalid", 3, "scope[1]", "no pattern", false },
        { "{\n\"scope\": \"192.0.2.*\"}", "ConfigurationValueInvalid", 2, "scope", "fits no service", false },
        { "{\"scope\": [\"*\",\n\"*\"]}", "ConfigurationValueInvalid", 2, "scope[1]", "twice", false },
        { "{\"timeouts\": {\n\"tcp\": 0}}", "ConfigurationValueInvalid", 2, "timeouts.tcp", "1 to 2147483", true },
        { "{\"timeouts\": {\n\"tcp\": 1.5}}", "ConfigurationValueInvalid", 2, "timeouts.tcp", "1.5", true },
        { "{\"timeouts\": {\n\"tcp\": \"900\"}}", "ConfigurationTypeWrong", 2, "timeouts.tcp", "whole number", true },
        { "{\"timeouts\": {\n\"tpc\": 900}}", "ConfigurationKeyUnknown", 2, "timeouts.tpc", "Did you mean tcp?", true },
        { "{\n\"syncDaemons\": [{\"role\": \"Master\"}]}", "ConfigurationKeyMissing", 2, "syncDaemons[0]", "interface", true },
        { "{\n\"syncDaemons\": [{\"role\": \"Slave\", \"interface\": \"eth0\"}]}", "ConfigurationValueInvalid", 2, "syncDaemons[0].role", "Master, Backup", true },
        { "{\"syncDaemons\": [{\"role\": \"Master\", \"interface\": \"eth0\"},\n{\"role\": \"Master\", \"interface\": \"eth1\"}]}", "SyncDaemonNamedTwice", 2, "syncDaemons[1]", "one Master", false },
        { "{\n\"syncDaemons\": [{\"role\": \"Master\", \"interface\": \"eth0\", \"multicastGroup\": \"192.0.2.1\"}]}", "GroupNotMulticast", 2, "syncDaemons[0]", "multicast", false },
        { "{\n\"syncDaemons\": [{\"role\": \"Master\", \"interface\": \"eth0\", \"syncId\": 256}]}", "ConfigurationValueInvalid", 2, "syncDaemons[0].syncId", "0 to 255", true },
        { "{\"directorVips\": [\"192.0.2.10\",\n\"192.0.2.10\"]}", "DirectorVipNamedTwice", 2, "directorVips[1]", "twice", false },
        { "{\n\"directorVips\": [\"010.0.0.1\"]}", "ConfigurationValueInvalid", 2, "directorVips[0]", "leading zero", false },
        { "{\n\"directorVips\": [\"224.0.0.1\"]}", "AddressNotUnicast", 2, "directorVips[0]", "unicast", false },
        { "{\n\"directorVips\": [{\"address\": \"192.0.2.10\", \"prefixLength\": 33}]}", "ConfigurationValueInvalid", 2, "directorVips[0].prefixLength", "1 to 32", false },
        { "{\n\"forwarding\": {\"ipv4\": 1}}", "ConfigurationTypeWrong", 2, "forwarding.ipv4", "true or false", true },
        { "{\n\"forwarding\": true}", "ConfigurationTypeWrong", 2, "forwarding", "ipv4", true },
        { "{\n\"kernelParameters\": {\"conntrack\": 7}}", "InvalidKernelParameterValue", 2, "kernelParameters.conntrack", "switch", false },
        { "{\n\"kernelParameters\": {\"conntrack\": []}}", "ConfigurationTypeWrong", 2, "kernelParameters.conntrack", "a list", true },
        { "{\"kernelParameters\": {\"conntrack\": 1,\n\"net.ipv4.vs.conntrack\": 0}}", "ConfigurationKeyTwice", 2, "kernelParameters.conntrack", "twice", false },
        { "{\n\"kernelParameters\": {\"../x\": 1}}", "ConfigurationValueInvalid", 2, "kernelParameters.../x", "no name", true },
        { "{\n\"serverLists\": {\"192.0.2.1\": []}}", "ConfigurationValueInvalid", 2, "serverLists.192.0.2.1", "no name", true },
        { "{\"serverLists\": {\"web\": [\n\"192.0.2.300\"]}}", "InvalidRealServer", 2, "serverLists.web[0]", "255", false },
        { "{\"serverLists\": {\"web\": [\n{\"list\": \"web\"}]}}", "ConfigurationKeyUnknown", 2, "serverLists.web[0].list", "list", true },
        { "{\"templates\": {\"http\": {\n\"virtualService\": \"192.0.2.10:80\"}}}", "ConfigurationKeyUnknown", 2, "templates.http.virtualService", "virtualService", true },
        { "{\"templates\": {\"http\": {\n\"weight\": -1}}}", "ConfigurationValueInvalid", 2, "templates.http.weight", "0 to 2147483647", true },
        { Service("\"template\": \"htpp\"", "\"templates\": {\"http\": {}}"), "TemplateMissing", 3, "virtualServices[0].template", "Did you mean http?", false },
        { "{\n\"virtualServices\": [{\"scheduler\": \"rr\"}]}", "ConfigurationKeyMissing", 2, "virtualServices[0]", "virtualService", true },
        { "{\n\"virtualServices\": [{\"virtualService\": \"192.0.2.10\"}]}", "InvalidVirtualService", 2, "virtualServices[0].virtualService", "port is missing", false },
        { "{\"virtualServices\": [{\"virtualService\": \"192.0.2.10:80\"},\n{\"virtualService\": \"tcp/192.0.2.10:80\"}]}", "VirtualServiceNamedTwice", 2, "virtualServices[1].virtualService", "first on line 1", false },
        { Service("\"scheduler\": \"wrong name\""), "SchedulerNameInvalid", 3, "virtualServices[0].scheduler", "15 letters", true },
        { Service("\"schedulerFlags\": \"mh-prot\""), "ConfigurationValueInvalid", 3, "virtualServices[0].schedulerFlags", "mh-port", false },
        { Service("\"scheduler\": \"sh\", \"schedulerFlags\": \"mh-port\""), "SchedulerFlagMismatch", 3, "virtualServices[0].schedulerFlags", "Use scheduler mh", false },
        { Service("\"onePacket\": true"), "OnePacketNeedsUdp", 3, "virtualServices[0].onePacket", "UDP", false },
        { Service("\"onePacket\": \"yes\""), "ConfigurationTypeWrong", 3, "virtualServices[0].onePacket", "true or false", true },
        { Service("\"persistenceTimeout\": 0"), "ConfigurationValueInvalid", 3, "virtualServices[0].persistenceTimeout", "1 to 4294967", true },
        { Service("\"persistencePrefixLength\": 24"), "PersistencePrefixNeedsPersistence", 3, "virtualServices[0].persistencePrefixLength", "Add persistenceTimeout", false },
        { Service("\"persistenceTimeout\": 9, \"persistencePrefixLength\": 33"), "PersistencePrefixOutOfRange", 3, "virtualServices[0].persistencePrefixLength", "1 to 32", false },
        { Service("\"persistenceTimeout\": 9, \"persistenceNetmask\": \"0.0.0.0\""), "ConfigurationValueInvalid", 3, "virtualServices[0].persistenceNetmask", "all clients", false },
        { Service("\"persistenceTimeout\": 9, \"persistenceNetmask\": \"ffff::\""), "ConfigurationValueInvalid", 3, "virtualServices[0].persistenceNetmask", "IPv4", false },
        { Service("\"persistenceEngine\": \"sip\""), "PersistenceEngineNeedsPersistence", 3, "virtualServices[0].persistenceEngine", "persistenceTimeout", false },
        { Service("\"minimumAvailable\": \"101%\""), "ConfigurationValueInvalid", 3, "virtualServices[0].minimumAvailable", "100%", true },
        { Service("\"minimumAvailable\": -1"), "ConfigurationValueInvalid", 3, "virtualServices[0].minimumAvailable", "0 to", true },
        { Service("\"quorum\": 4294967296"), "ConfigurationValueInvalid", 3, "virtualServices[0].quorum", "4294967295", true },
        { Service("\"healthCheck\": {\"path\": \"/\"}"), "ConfigurationKeyMissing", 3, "virtualServices[0].healthCheck", "kind", true },
        { Service("\"healthCheck\": {\"kind\": \"Htp\"}"), "ConfigurationValueInvalid", 3, "virtualServices[0].healthCheck.kind", "Did you mean Http?", true },
        { Service("\"healthCheck\": {\"kind\": \"Tcp\", \"interval\": -1}"), "ConfigurationValueInvalid", 3, "virtualServices[0].healthCheck.interval", "seconds", true },
        { Service("\"healthCheck\": {\"kind\": \"Http\", \"digest\": \"xyz\"}"), "ConfigurationValueInvalid", 3, "virtualServices[0].healthCheck.digest", "32", true },
        { Service("\"healthCheck\": \"Http\""), "ConfigurationTypeWrong", 3, "virtualServices[0].healthCheck", "object", true },
        { Service("\"realServers\": \"web\""), "ServerListMissing", 3, "virtualServices[0].realServers", "server list", false },
        { Service("\"realServers\": [{\"list\": \"wbe\"}]", "\"serverLists\": {\"web\": []}"), "ServerListMissing", 3, "virtualServices[0].realServers[0].list", "Did you mean web?", false },
        { Service("\"realServers\": [7]"), "ConfigurationTypeWrong", 3, "virtualServices[0].realServers[0]", "real server", true },
        { Service("\"realServers\": [{\"weight\": 1}]"), "ConfigurationKeyMissing", 3, "virtualServices[0].realServers[0]", "realServer", true },
        { Service("\"realServers\": [{\"realServer\": \"192.0.2.21\", \"weigth\": 1}]"), "ConfigurationKeyUnknown", 3, "virtualServices[0].realServers[0].weigth", "Did you mean weight?", true },
        { Service("\"realServers\": [\"192.0.2.21\",\n\"192.0.2.21:80\"]"), "RealServerNamedTwice", 4, "virtualServices[0].realServers[1]", "first on line 3", false },
        { Service("\"realServers\": [\"192.0.2.21\", \"web\"]", "\"serverLists\": {\"web\": \"192.0.2.21\"}"), "RealServerNamedTwice", 3, "virtualServices[0].realServers[1]", "twice", false },
        { Service("\"realServers\": [{\"realServer\": \"192.0.2.21\", \"forwarding\": \"Rabbit\"}]"), "ConfigurationValueInvalid", 3, "virtualServices[0].realServers[0].forwarding", "DirectRouting", true },
        { Service("\"realServers\": [{\"realServer\": \"192.0.2.21\", \"upperThreshold\": 5, \"lowerThreshold\": 6}]"), "ThresholdsCrossed", 3, "virtualServices[0].realServers[0].lowerThreshold", "lower", false },
        { Service("\"realServers\": [{\"realServer\": \"192.0.2.21\", \"tunnelPort\": 5}]"), "TunnelOptionNeedsTunnel", 3, "virtualServices[0].realServers[0]", "Add forwarding Tunnel", false },
        { Service("\"realServers\": [\"2001:db8::21\"]"), "MixedFamilyNeedsTunnel", 3, "virtualServices[0].realServers[0]", "tunnel", false },
        { Service("\"realServers\": [{\"realServer\": \"192.0.2.21\", \"healthCheck\": {\"kind\": 5}}]"), "ConfigurationTypeWrong", 3, "virtualServices[0].realServers[0].healthCheck.kind", "a text", true },
        { Service("\"sorryServer\": {\"realServer\": \"192.0.2.9\", \"healthCheck\": {\"kind\": \"Tcp\"}}"), "ConfigurationKeyUnknown", 3, "virtualServices[0].sorryServer.healthCheck", "healthCheck", true },
        { Service("\"sorryServer\": \"nobody\""), "ServerListMissing", 3, "virtualServices[0].sorryServer", "nobody", false },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Each_mistake_has_an_id_a_line_and_a_path(string text, string id, int line, string? path, string words, bool _)
    {
        LvsConfigurationException refused = Assert.Throws<LvsConfigurationException>(() => JsonText.Read(text, "web.json"));

        Assert.Contains((id, "web.json", line, path), refused.Problems.Select(problem => (problem.Id, problem.Note.Source, problem.Note.Line, problem.Path)));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        // Nothing is complained of but what is wrong; a broken tunnel breaks two rules, and a list in a list is no server either.
        Assert.True(refused.Problems.Count == 1 || id is "TunnelOptionNeedsTunnel" || words is "list", refused.Message);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines()
    {
        LvsConfigurationException refused = Assert.Throws<LvsConfigurationException>(() => JsonText.Read(
            "{\n\"virtualServices\": [{\"virtualService\": \"192.0.2.10:80\",\n\"weight\": -1,\n\"realServers\": [\"192.0.2.21\", \"192.0.2.22\"]}],\n\"ownr\": 1}", "web.json"));

        Assert.Equal(
            "2 things are wrong:\nweb.json:3: -1 is out of range: it is 0 to 2147483647. (at virtualServices[0].weight)\nweb.json:5: The key 'ownr' is not known here. Did you mean owner? (at ownr)",
            refused.Message);
        Assert.Equal(("ConfigurationValueInvalid", "web.json", 3, "virtualServices[0].weight"), (refused.Id, refused.Source, refused.Line, refused.Path));
    }

    [Fact]
    public void Of_very_many_mistakes_the_first_twenty_are_shown()
    {
        string keys = string.Join(",\n", Enumerable.Range(0, 30).Select(number => $"\"wrong{number}\": 1"));

        LvsConfigurationException refused = Assert.Throws<LvsConfigurationException>(() => JsonText.Read($"{{{keys}}}", null));

        Assert.Equal(30, refused.Problems.Count);
        Assert.EndsWith("\n... and 10 more", refused.Message, StringComparison.Ordinal);
        Assert.Contains("wrong19", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong20", refused.Message, StringComparison.Ordinal);
    }

    private static string Service(string members, string before = "\"owner\": \"x\"") =>
        $"{{{before},\n\"virtualServices\": [{{\"virtualService\": \"tcp/192.0.2.10:80\",\n{members}}}]}}";
}
