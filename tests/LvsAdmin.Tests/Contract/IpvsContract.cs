using LvsAdmin.Core.Netlink;
using static LvsAdmin.Tests.Contract.ContractRequest;

namespace LvsAdmin.Tests.Contract;

/// <summary>What every kernel's IPVS does, for whoever is to be one: each command, each error, and what changing a record means (net/netfilter/ipvs/ip_vs_ctl.c).</summary>
public abstract class IpvsContract
{
    private const ushort Inet = 2, Inet6 = 10, Tcp = 6;
    private static readonly byte[] Web = Id(Inet, Tcp, "192.0.2.10", 80);
    private static readonly byte[] Web6 = Id(Inet6, Tcp, "2001:db8::10", 80);
    private static readonly byte[] Absent = Id(Inet, Tcp, "192.0.2.99", 80);
    private static readonly byte[] Server = ServerId("192.0.2.21", 80);

    /// <summary>A socket of the kernel, whose table is empty.</summary>
    private protected abstract Task<ContractConnection> ConnectAsync();

    [Fact]
    public async Task A_service_is_refused_by_the_kernels_numbers()
    {
        await using ContractConnection kernel = await ConnectAsync();
        await Expect(kernel, 0, New(Web, Settings()));
        byte[] other = Id(Inet, Tcp, "192.0.2.11", 80);
        await Expect(kernel, LinuxErrno.Exists, New(Web, Settings("rr")));
        await Expect(kernel, LinuxErrno.NoEntry, New(other, Settings("nosuch")));
        await Expect(kernel, LinuxErrno.NoEntry, New(other, Settings("")));
        await Expect(kernel, LinuxErrno.InvalidArgument, New(other, Settings(new string('a', 16))));
        await Expect(kernel, LinuxErrno.NoEntry, New(other, Settings(engine: "nosuch")));
        await Expect(kernel, LinuxErrno.NoEntry, Set(Web, Settings("nosuch")));
        await Expect(kernel, LinuxErrno.NoEntry, Set(Web, Settings(engine: "nosuch")));
        foreach (uint prefix in new uint[] { 0, 129, uint.MaxValue })
        {
            await Expect(kernel, LinuxErrno.InvalidArgument, New(Web6, Settings(netmask: prefix)));
        }

        await Expect(kernel, LinuxErrno.AddressFamilyNotSupported, New(Id(99, Tcp, "192.0.2.11", 80), Settings()));
        await Expect(kernel, LinuxErrno.AddressFamilyNotSupported, New(MarkId(0, 7), Settings()));
        await Expect(kernel, LinuxErrno.InvalidArgument, Of(NewService, "no service"));
        await Expect(kernel, LinuxErrno.InvalidArgument, Of(NewService, "empty service", Nest(1)));
        byte[] whole = [.. other, .. Settings()];
        for (ushort missing = 1; missing <= 9; missing++)
        {
            await Expect(kernel, missing == 5 ? LinuxErrno.Exists : LinuxErrno.InvalidArgument, Of(NewService, $"service without {missing}", Nest(1, Without(missing == 5 ? [.. Web, .. Settings()] : whole, missing))));
        }

        // Too short, or without its zero.
        await Expect(kernel, LinuxErrno.InvalidArgument, New([.. other, .. Support.NetlinkMessage.Attribute(1, 2)], Settings()));
        await Expect(kernel, LinuxErrno.InvalidArgument, New(other, [.. Settings(), .. Support.NetlinkMessage.Attribute(6, 0x72, 0x72)]));
        await Expect(kernel, LinuxErrno.InvalidArgument, New([.. other, .. Support.NetlinkMessage.Attribute(3, new byte[17])], Settings()));
        foreach ((byte command, string name) in new[] { (SetService, "set"), (DeleteService, "delete"), (GetService, "get"), (ContractRequest.Zero, "zero") })
        {
            await Expect(kernel, LinuxErrno.NoSuchProcess, Of(command, name, Nest(1, Absent, Settings())));
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(command, name, Nest(1, Without(Absent, 4), Settings())));
        }

        Assert.Single((await kernel.AskAsync(Services)).Records);
    }

    [Fact]
    public async Task A_server_is_refused_by_the_kernels_numbers()
    {
        await using ContractConnection kernel = await ConnectAsync();
        await Expect(kernel, 0, New(Web, Settings()));
        await Expect(kernel, 0, New(Web6, Settings(netmask: 128)));
        await Expect(kernel, 0, NewOf(Web, Server, ServerSettings()));
        byte[] other = ServerId("192.0.2.22", 80);
        await Expect(kernel, LinuxErrno.Exists, NewOf(Web, Server, ServerSettings()));
        foreach ((byte command, string name) in new[] { (NewServer, "new"), (SetServer, "set"), (DeleteServer, "delete") })
        {
            await Expect(kernel, LinuxErrno.NoSuchProcess, Of(command, name, Nest(1, Absent), Nest(2, Server, ServerSettings())));
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(command, $"{name} without server", Nest(1, Web)));
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(command, $"{name} without address", Nest(1, Web), Nest(2, Without(Server, 1), ServerSettings())));
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(command, $"{name} without port", Nest(1, Web), Nest(2, Without(Server, 2), ServerSettings())));
            await Expect(kernel, LinuxErrno.AddressFamilyNotSupported, Of(command, $"{name} of family 99", Nest(1, Web), Nest(2, ServerId("192.0.2.21", 80, 99), ServerSettings())));
            await Expect(kernel, command == NewServer ? LinuxErrno.InvalidArgument : LinuxErrno.NoEntry, Of(command, $"{name} to nowhere", Nest(1, Web), Nest(2, ServerId("255.255.255.255", 80), ServerSettings())));
        }

        foreach (byte command in new[] { NewServer, SetServer })
        {
            byte[] target = command == NewServer ? other : Server;
            await Expect(kernel, LinuxErrno.OutOfRange, Of(command, "weight", Nest(1, Web), Nest(2, target, ServerSettings(weight: 0x80000000))));
            await Expect(kernel, LinuxErrno.OutOfRange, Of(command, "thresholds", Nest(1, Web), Nest(2, target, ServerSettings(upper: 4, lower: 5))));
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(command, "gue", Nest(1, Web), Nest(2, target, ServerSettings(2, tunnel: (1, 0, 0)))));
            for (ushort missing = 3; missing <= 6; missing++)
            {
                await Expect(kernel, LinuxErrno.InvalidArgument, Of(command, $"server without {missing}", Nest(1, Web), Nest(2, target, Without(ServerSettings(), missing))));
            }
        }

        await Expect(kernel, LinuxErrno.NoEntry, Of(SetServer, "set absent", Nest(1, Web), Nest(2, other, ServerSettings())));
        await Expect(kernel, LinuxErrno.NoEntry, Of(DeleteServer, "delete absent", Nest(1, Web), Nest(2, other)));
        foreach (string address in new[] { "0.0.0.0", "224.0.0.1", "255.255.255.255", "127.255.255.255", "192.0.2.255" })
        {
            await Expect(kernel, LinuxErrno.InvalidArgument, NewOf(Web, ServerId(address, 80), ServerSettings()));
        }

        foreach (string address in new[] { "::", "ff02::1", "fe80::1", "::ffff:192.0.2.21" })
        {
            await Expect(kernel, LinuxErrno.InvalidArgument, NewOf(Web6, ServerId(address, 80), ServerSettings()));
        }

        foreach (string address in new[] { "127.0.0.1", "192.0.2.1", "240.0.0.1", "0.0.0.1" })
        {
            await Expect(kernel, 0, NewOf(Web, ServerId(address, 80), ServerSettings()));
        }

        foreach (string address in new[] { "::1", "fec0::1", "::192.0.2.21", "2001:db8::21" })
        {
            await Expect(kernel, 0, NewOf(Web6, ServerId(address, 80), ServerSettings()));
        }

        foreach (uint forwarding in new uint[] { 0, 1, 3, 4 })
        {
            await Expect(kernel, LinuxErrno.InvalidArgument, NewOf(Web, ServerId("2001:db8::22", 80, Inet6), ServerSettings(forwarding)));
        }

        Assert.Equal(5, (await kernel.AskAsync(Servers(Web))).Records.Count);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_answered_as_generic_netlink_does()
    {
        await using ContractConnection kernel = await ConnectAsync();
        await Expect(kernel, LinuxErrno.NotSupported, Of(GetServer, "one server", Nest(1, Web)));
        await Expect(kernel, LinuxErrno.NotSupported, Of(GetDaemon, "one daemon"));
        foreach (byte unknown in new byte[] { 0, SetInfo, 18, 99 })
        {
            await Expect(kernel, LinuxErrno.NotSupported, Of(unknown, "unknown command"));
        }

        foreach (byte unlisted in new[] { NewService, SetService, GetConfig, GetInfo, ContractRequest.Zero, Flush })
        {
            await Expect(kernel, LinuxErrno.NotSupported, Of(unlisted, "no list") with { IsDump = true });
        }

        // The nests at the top are judged by generic netlink itself, whose number that is.
        await Expect(kernel, LinuxErrno.OutOfRange, new ContractRequest("cut nest", NewService, Support.NetlinkMessage.Attribute(1, 1, 2)));
        await Expect(kernel, LinuxErrno.OutOfRange, new ContractRequest("cut timeout", SetConfig, Support.NetlinkMessage.Attribute(4, 1, 2)));
        // What nobody knows does not matter.
        await Expect(kernel, 0, Of(NewService, "with unknown attributes", U32(77, 1), Nest(1, Web, Settings(), U32(99, 1)), Nest(9, U32(1, 1))));
        foreach (byte[] nobody in new[] { Absent, Without(Absent, 1), [], U16(1, 99) })
        {
            Assert.Equal(new ContractAnswer(0, []).ToString(), (await kernel.AskAsync(Servers(nobody))).ToString());
        }

        Assert.Empty((await kernel.AskAsync(new ContractRequest("servers of none", GetServer, [], true))).Records);
    }

    [Fact]
    public async Task Changing_a_service_writes_it_whole_except_for_flags_outside_the_mask()
    {
        await using ContractConnection kernel = await ConnectAsync();
        await Expect(kernel, 0, New(Web, Settings("mh", 0x19, timeout: 300, netmask: 0x00ffffff, engine: "sip")));
        string persistent = await Get(kernel, Web);
        Assert.Contains(Hex(Text(11, "sip")), persistent, StringComparison.Ordinal);
        // The kernel's own flag is there, and the mask is all.
        Assert.Contains(Hex(Flags(0x1b)), persistent, StringComparison.Ordinal);

        await Expect(kernel, 0, Set(Web, Settings("rr", 0x04, mask: 0x05, timeout: 60)));
        string changed = await Get(kernel, Web);
        Assert.Contains(Hex(Flags(0x1e)), changed, StringComparison.Ordinal);
        Assert.Contains(Hex(Text(6, "rr")), changed, StringComparison.Ordinal);
        Assert.Contains(Hex(U32(8, 60)), changed, StringComparison.Ordinal);
        Assert.Contains(Hex(U32(9, uint.MaxValue)), changed, StringComparison.Ordinal);
        Assert.DoesNotContain(Hex(Text(11, "sip")), changed, StringComparison.Ordinal);

        // The kernel's own flag cannot be taken away.
        await Expect(kernel, 0, Set(Web, Settings("none", 0, timeout: 60)));
        Assert.Contains(Hex(Flags(0x02)), await Get(kernel, Web), StringComparison.Ordinal);
        Assert.Contains(Hex(Text(6, "none")), await Get(kernel, Web), StringComparison.Ordinal);
        await Expect(kernel, 0, Of(DeleteService, "delete", Nest(1, Web)));
        Assert.Empty((await kernel.AskAsync(Services)).Records);
    }

    [Fact]
    public async Task Changing_a_server_without_its_tunnel_makes_it_a_plain_one()
    {
        await using ContractConnection kernel = await ConnectAsync();
        await Expect(kernel, 0, New(Web, Settings()));
        await Expect(kernel, 0, NewOf(Web, Server, ServerSettings(2, 5, 10, 3, (1, 6080, 1))));
        string tunnel = Assert.Single((await kernel.AskAsync(Servers(Web))).Records);
        Assert.Contains(Hex([.. Support.NetlinkMessage.Attribute(13, 1), .. Port(14, 6080), .. U16(15, 1)]), tunnel, StringComparison.Ordinal);
        Assert.Contains(Hex([.. U32(5, 10), .. U32(6, 3)]), tunnel, StringComparison.Ordinal);
        await Expect(kernel, 0, Of(SetServer, "set", Nest(1, Web), Nest(2, Server, ServerSettings(2, 7))));
        string plain = Assert.Single((await kernel.AskAsync(Servers(Web))).Records);
        Assert.Contains(Hex([.. Support.NetlinkMessage.Attribute(13, 0), .. Port(14, 0), .. U16(15, 0)]), plain, StringComparison.Ordinal);
        Assert.Contains(Hex(U32(4, 7)), plain, StringComparison.Ordinal);

        // A server of the other family is found by its family only.
        await Expect(kernel, 0, NewOf(Web, ServerId("2001:db8::21", 80, Inet6), ServerSettings(2)));
        await Expect(kernel, LinuxErrno.NoEntry, Of(DeleteServer, "delete", Nest(1, Web), Nest(2, ServerId("2001:db8::21", 80))));
        await Expect(kernel, 0, Of(DeleteServer, "delete", Nest(1, Web), Nest(2, ServerId("2001:db8::21", 80, Inet6))));
    }

    [Fact]
    public async Task Marks_families_and_odd_protocols_are_services_of_their_own()
    {
        await using ContractConnection kernel = await ConnectAsync();
        byte[][] ids =
        [
            Web, Web6, MarkId(Inet, 7), MarkId(Inet6, 7), Id(Inet, 17, "192.0.2.10", 80), Id(Inet, 132, "192.0.2.10", 80), Id(Inet, 300, "192.0.2.10", 80), Id(Inet, 0, "0.0.0.0", 0),
            MarkId(Inet, 0), Id(Inet, Tcp, "224.0.0.1", 80), MarkId(Inet, uint.MaxValue),
        ];
        foreach (byte[] id in ids)
        {
            await Expect(kernel, 0, New(id, Settings(netmask: 64)));
            await Expect(kernel, LinuxErrno.Exists, New(id, Settings(netmask: 64)));
        }

        // A mark of 0 is no mark, but the service of TCP of no address.
        await Expect(kernel, LinuxErrno.Exists, New(Id(Inet, Tcp, "0.0.0.0", 0), Settings()));
        // What stands beside a mark does not count.
        await Expect(kernel, LinuxErrno.Exists, New([.. Absent, .. U32(5, 7)], Settings()));
        IReadOnlyList<string> records = (await kernel.AskAsync(Services)).Records;
        Assert.Equal(ids.Length, records.Count);
        Assert.Contains(records, record => record.Contains(Hex([.. U16(1, Inet6), .. U32(5, 7)]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Timeouts_are_set_each_by_itself_within_the_kernels_bounds()
    {
        await using ContractConnection kernel = await ConnectAsync();
        await Expect(kernel, 0, Of(SetConfig, "all", U32(4, 900), U32(5, 120), U32(6, 300)));
        Assert.Equal(Hex([12, 1, 0, 0, .. U32(4, 900), .. U32(5, 120), .. U32(6, 300)]), Assert.Single((await kernel.AskAsync(Timeouts)).Records));
        await Expect(kernel, 0, Of(SetConfig, "nothing"));
        await Expect(kernel, 0, Of(SetConfig, "one", U32(5, 60), U32(6, 0)));
        foreach (ushort which in new ushort[] { 4, 5, 6 })
        {
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(SetConfig, "too much", U32(which, int.MaxValue)));
            await Expect(kernel, LinuxErrno.InvalidArgument, Of(SetConfig, "negative", U32(which, uint.MaxValue)));
        }

        Assert.Equal(Hex([12, 1, 0, 0, .. U32(4, 900), .. U32(5, 60), .. U32(6, 300)]), Assert.Single((await kernel.AskAsync(Timeouts)).Records));
        Assert.StartsWith(Hex([14, 1, 0, 0, .. U32(1, 0x010201)]), Assert.Single((await kernel.AskAsync(Of(GetInfo, "info"))).Records), StringComparison.Ordinal);
        // As it was found.
        await Expect(kernel, 0, Of(SetConfig, "all", U32(4, 900), U32(5, 120), U32(6, 300)));
    }

    [Fact]
    public async Task Daemons_are_refused_started_once_and_stopped()
    {
        await using ContractConnection kernel = await ConnectAsync();
        byte[] master = [.. U32(1, 1), .. Text(2, "dummy0"), .. U32(3, 7)];
        foreach (ushort missing in new ushort[] { 1, 2, 3 })
        {
            await Expect(kernel, LinuxErrno.InvalidArgument, Daemon(Without(master, missing)));
        }

        await Expect(kernel, LinuxErrno.InvalidArgument, Of(NewDaemon, "no daemon"));
        await Expect(kernel, LinuxErrno.NoDevice, Daemon([.. master, .. Text(2, "nosuch0")]));
        await Expect(kernel, LinuxErrno.InvalidArgument, Daemon([.. master, .. U32(1, 3)]));
        await Expect(kernel, LinuxErrno.InvalidArgument, Daemon([.. master, .. Text(2, new string('a', 16))]));
        await Expect(kernel, LinuxErrno.InvalidArgument, Daemon([.. master, .. Support.NetlinkMessage.Attribute(5, 192, 0, 2, 99)]));
        await Expect(kernel, LinuxErrno.InvalidArgument, Daemon([.. master, .. Address(6, "2001:db8::1")]));
        await Expect(kernel, LinuxErrno.NoSuchProcess, StopDaemon(1));
        await Expect(kernel, LinuxErrno.NoSuchProcess, StopDaemon(2));
        await Expect(kernel, LinuxErrno.InvalidArgument, StopDaemon(3));
        await Expect(kernel, LinuxErrno.InvalidArgument, Of(DeleteDaemon, "no daemon"));

        await Expect(kernel, 0, New(Web, Settings()));
        await Expect(kernel, 0, NewOf(Web, ServerId("2001:db8::21", 80, Inet6), ServerSettings(2)));
        await Expect(kernel, LinuxErrno.InvalidArgument, Daemon(master));
        await Expect(kernel, 0, Empty);

        await Expect(kernel, 0, Daemon([.. master, .. U16(4, 65535), .. U16(7, 9999), .. Support.NetlinkMessage.Attribute(8, 5)]));
        await Expect(kernel, LinuxErrno.Exists, Daemon(master));
        await Expect(kernel, LinuxErrno.NoDevice, Daemon([.. master, .. Text(2, "nosuch0")]));
        Assert.Equal(
            Hex([9, 1, 0, 0, .. Nest(3, U32(1, 1), Text(2, "dummy0"), U32(3, 7), U16(4, 65507), U16(7, 9999), Support.NetlinkMessage.Attribute(8, 5), Support.NetlinkMessage.Attribute(5, 224, 0, 0, 81))]),
            Assert.Single((await kernel.AskAsync(Daemons)).Records));
        await Expect(kernel, 0, New(Web, Settings()));
        await Expect(kernel, LinuxErrno.InvalidArgument, NewOf(Web, ServerId("2001:db8::21", 80, Inet6), ServerSettings(2)));
        // A daemon that is stopped before its thread ever ran gets no acknowledgement (StopSyncDaemonTests).
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await Expect(kernel, 0, StopDaemon(1));
        Assert.Empty((await kernel.AskAsync(Daemons)).Records);
    }

    [Fact]
    public async Task Requests_in_one_datagram_are_each_answered_and_lists_may_be_long()
    {
        await using ContractConnection kernel = await ConnectAsync();
        ContractAnswer[] answers = await kernel.AskAsync(
            [New(Web, Settings()), New(Web, Settings()), NewOf(Absent, Server, ServerSettings()), NewOf(Web, Server, ServerSettings()), Of(DeleteServer, "delete", Nest(1, Web), Nest(2, ServerId("192.0.2.77", 80)))]);
        Assert.Equal([0, LinuxErrno.Exists, LinuxErrno.NoSuchProcess, 0, LinuxErrno.NoEntry], answers.Select(answer => answer.Errno));

        // Several datagrams of 32 KiB.
        ContractRequest[] many = [.. Enumerable.Range(1, 300).Select(number => NewOf(Web, ServerId($"10.0.{number >> 8}.{number & 255}", 80), ServerSettings()))];
        Assert.All(await kernel.AskAsync(many), answer => Assert.Equal(0, answer.Errno));
        Assert.Equal(301, (await kernel.AskAsync(Servers(Web))).Records.Distinct().Count());
        await Expect(kernel, 0, Of(ContractRequest.Zero, "all"));
        await Expect(kernel, 0, Of(ContractRequest.Zero, "one", Nest(1, Web)));
        await Expect(kernel, 0, Empty);
        Assert.Empty((await kernel.AskAsync(Services)).Records);
    }

    private static async Task Expect(ContractConnection kernel, int errno, ContractRequest request)
    {
        ContractAnswer answer = await kernel.AskAsync(request);
        Assert.True(answer.Errno == errno, $"{request}\nexpected errno {errno}, got {answer}");
    }

    private static async Task<string> Get(ContractConnection kernel, byte[] service) =>
        Assert.Single((await kernel.AskAsync(Of(GetService, "get", Nest(1, service)))).Records);

    private static ContractRequest New(byte[] id, byte[] settings) => Of(NewService, "new service", Nest(1, id, settings));

    private static ContractRequest Set(byte[] id, byte[] settings) => Of(SetService, "set service", Nest(1, id, settings));

    private static ContractRequest NewOf(byte[] service, byte[] server, byte[] settings) => Of(NewServer, "new server", Nest(1, service), Nest(2, server, settings));

    private static ContractRequest Daemon(byte[] daemon) => Of(NewDaemon, "start daemon", Nest(3, daemon));

    private static ContractRequest StopDaemon(uint role) => Of(DeleteDaemon, "stop daemon", Nest(3, U32(1, role)));

    private static byte[] Flags(uint flags) => Support.NetlinkMessage.Attribute(7, [.. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(uint.MaxValue)]);

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static byte[] Without(byte[] attributes, ushort type) =>
        [.. Support.NetlinkMessage.ReadAttributes(attributes).Where(each => each.Type != type).SelectMany(each => Support.NetlinkMessage.Attribute(each.Type, each.Value))];
}
