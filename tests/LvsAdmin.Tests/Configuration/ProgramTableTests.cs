using System.Runtime.Versioning;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Configuration;

/// <summary>The tables that the programs make of a text are those that we read in it, and those of the kernel are what we say of them.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class ProgramTableTests
{
    // What is not in the random tables: groups, and all that keepalived adds by itself.
    private const string Groups = """
        virtual_server_group web {
            203.0.113.1-3 80
            203.0.113.64/31 82
            fwmark 2007
        }
        virtual_server group web {
            protocol TCP
            lvs_sched mh
            mh-port
            persistence_timeout
            lvs_method NAT
            real_server 198.51.100.1 80 {
                weight 5
            }
            real_server 198.51.100.2 8080 {
                lvs_method TUN type gue port 6080 csum
            }
        }
        virtual_server fwmark 2009 {
            lvs_method TUN
            real_server 2001:db8::2 {
            }
        }
        virtual_server 203.0.113.9 53 {
            lvs_sched rr
            real_server 198.51.100.2 {
            }
        }

        """;

    private const string Directors = """
        virtual=203.0.113.10:80
        	real=198.51.100.1->198.51.100.2:81 gate 5 l:10 u:100
        	real=198.51.100.9:8080 masq
        	scheduler=sh
        	schedflags=sh-port
        	persistent=600
        	netmask=255.255.255.0
        	checktype=on
        virtual6=[2001:db8::1]:53
        	real6=[2001:db8::2]:53 masq
        	ops=yes
        	checktype=on

        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_we_write_ipvsadm_restores_and_what_it_saves_we_read()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        TextNames names = new() { Port = TextNames.ServicesFile(File.Exists("/etc/services") ? await File.ReadAllTextAsync("/etc/services", Stop) : "") };
        int seed = Environment.TickCount;
        for (int round = 0; round < 2; round++)
        {
            LvsConfiguration made = RandomConfigurations.Table(new Random(seed + round), services: 12);
            made = made with { VirtualServices = [.. made.VirtualServices, new ServiceConfiguration { Settings = new() { VirtualService = new LvsServiceId(uint.MaxValue, LvsAddressFamily.IPv4) }, RealServers = [] }] };
            string numeric = await space.ShellAsync("ipvsadm -C; ipvsadm -R; ipvsadm -Sn", IpvsadmText.Write(made).Text);

            // A mark from 2^31 on is written by ipvsadm as a negative number, and first.
            Assert.Equal(Programs.Rules(made).Order(), Lines(numeric.Replace("-f -1 ", "-f 4294967295 ", StringComparison.Ordinal)).Order());
            Assert.Equal(Programs.Rules(made), Programs.Rules(IpvsadmText.Read(numeric).Configuration));
            Assert.Equal(Programs.Rules(made), Programs.Rules(IpvsadmText.Read(await space.ShellAsync("ipvsadm -S"), null, names).Configuration));
            foreach (ServiceConfiguration service in made.VirtualServices)
            {
                Assert.Equal(service.Settings, (await space.Client.FindServiceAsync(service.VirtualService, Stop))?.Settings);
                Assert.Equal(
                    service.RealServers!.Select(server => server.Settings).OrderBy(server => server.RealServer),
                    (await space.Client.GetRealServersAsync(service.VirtualService, Stop)).Select(server => server.Settings).OrderBy(server => server.RealServer));
            }
        }
    }

    [Fact]
    public async Task What_ipvsadm_takes_when_nothing_is_said_we_take_too()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        const string rules = "-A -t 192.0.2.10:0 -p\n-A -u 192.0.2.10:53 -o\n-a -u 192.0.2.10:53 -r 198.51.100.1:5353\n-a -u 192.0.2.10:53 -r 198.51.100.2:5353 -m -w 70000\n-A -f 7 -6\n";
        Assert.Equal(Lines(await space.ShellAsync("ipvsadm -R; ipvsadm -Sn", rules)), Programs.Rules(IpvsadmText.Read(rules).Configuration));
    }

    [Fact]
    public async Task The_table_that_keepalived_makes_is_the_one_that_we_read()
    {
        Programs.Require(Programs.Keepalived);
        int seed = Environment.TickCount;
        LvsConfiguration random = KeepalivedTextTests.Sayable(new Random(seed));
        random = random with { VirtualServices = [.. random.VirtualServices.Take(4).Select(service => service with { SorryServer = null, RealServers = [.. service.RealServers!.Select(server => server with { HealthCheck = null })] })] };
        string text = KeepalivedText.Write(random).Text + Groups;
        IReadOnlyList<string> expected = Programs.Rules(KeepalivedText.Read(text).Configuration);
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        string table = await TableAsync(space, text, expected.Count, $"{Programs.Keepalived} -n -l -C -f $file -p $file.1 -c $file.2");
        Assert.Equal([$"seed {seed}", .. expected.Order()], [$"seed {seed}", .. Lines(table).Order()]);
    }

    [Fact]
    public async Task The_table_that_ldirectord_makes_is_the_one_that_we_read()
    {
        Programs.Require(Programs.Ldirectord);
        IReadOnlyList<string> expected = Programs.Rules(LdirectordText.Read(Directors).Configuration);
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        Assert.Equal(expected.Order(), Lines(await TableAsync(space, Directors, expected.Count, $"{Programs.Ldirectord} -d $file start")).Order());
    }

    // Starts a program, waits until its table has as many lines as it should, or does not grow to that, and ends it.
    private static Task<string> TableAsync(KernelNamespace space, string text, int lines, string command) => space.ShellAsync(
        $$"""
        file=$(mktemp)
        cat >$file
        {{command}} >$file.log 2>&1 &
        program=$!
        for turn in $(seq 120); do
            table=$(ipvsadm -Sn)
            [ "$(echo "$table" | wc -l)" -lt {{lines}} ] || break
            sleep 0.5
        done
        kill $program
        wait $program || true
        rm -f $file $file.*
        echo "$table"
        """,
        text);

    private static List<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
}
