using System.Diagnostics;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>
/// What the link hears while VIPs are switched on and off: a client asks for them a hundred times a second, and all that passes the bridge is captured.
/// Nobody owns the VIPs here, so whoever answers is a real server that must not.
/// </summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class ArpSilenceTests
{
    private const int Rounds = 3;
    private const string Vip = "192.0.2.77";
    private const string VipV6 = "2001:db8::77";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_answer_slips_out_while_VIPs_are_switched_on_and_off()
    {
        NamespaceThread.RequireIpvs();
        using Asking client = new();
        await using Core.Hosts.LocalHost rs1 = new("rs1");
        await using Core.Hosts.LocalHost rs2 = new("rs2");
        LvsVipSettings tunnel = new() { Forwarding = LvsForwardingMethod.Tunnel };
        string heard = await CaptureAsync(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                foreach (LvsAddress vip in new[] { LvsAddress.Parse(Vip), LvsAddress.Parse(VipV6) })
                {
                    await HostPlan.ApplyAsync(await rs1.PlanEnableAsync(vip, new LvsVipSettings()), Stop);
                    await HostPlan.ApplyAsync(await rs2.PlanEnableAsync(vip, tunnel), Stop);
                    await HostPlan.ApplyAsync(await rs1.PlanDisableAsync(vip), Stop);
                    await HostPlan.ApplyAsync(await rs2.PlanDisableAsync(vip), Stop);
                }
            }
        });

        // Each step was asked about many times, or silence proves nothing.
        Assert.InRange(Count(heard, $"who-has {Vip} tell 192.0.2.100"), 20 * Rounds, int.MaxValue);
        Assert.InRange(Count(heard, $"neighbor solicitation, who has {VipV6}"), 20 * Rounds, int.MaxValue);
        Assert.Equal(0, Count(heard, $"Reply {Vip} "));
        Assert.Equal(0, Count(heard, $"tgt is {VipV6}"));
        Assert.Equal(0, Count(heard, $"tell {Vip}"));
        Assert.Equal(0, Count(heard, $"{VipV6} >"));
    }

    [Fact]
    public async Task The_same_capture_hears_a_real_server_that_answers()
    {
        NamespaceThread.RequireIpvs();
        using Asking client = new();
        try
        {
            string heard = await CaptureAsync(async () =>
            {
                Topology.Batch("rs1", $"address add {Vip}/32 dev lo", $"address add {VipV6}/128 dev eth0 nodad");
                await Task.Delay(500, Stop);
            });
            Assert.NotEqual(0, Count(heard, $"Reply {Vip} "));
            Assert.NotEqual(0, Count(heard, $"tgt is {VipV6}"));
        }
        finally
        {
            Topology.Batch("rs1", $"address delete {Vip}/32 dev lo", $"address delete {VipV6}/128 dev eth0");
        }
    }

    private static int Count(string heard, string words) => heard.Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));

    private static async Task<string> CaptureAsync(Func<Task> work)
    {
        using Process capture = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", "lab-switch", "tcpdump", "-i", "bridge", "-nn", "-l", "arp or icmp6"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> heard = capture.StandardOutput.ReadToEndAsync(Stop);
        try
        {
            while (await capture.StandardError.ReadLineAsync(Stop) is { } line && !line.Contains("listening on", StringComparison.Ordinal))
            {
                // It also tells what it leaves out.
            }

            await work();
        }
        finally
        {
            // ip exec became tcpdump: this is the process that writes.
            Topology.RunIn("lab-switch", "kill", "-INT", $"{capture.Id}");
        }

        return await heard;
    }

    /// <summary>A client that asks for both VIPs all the time: it was told to retry every 10 ms, for as long as nobody answers.</summary>
    private sealed class Asking : IDisposable
    {
        internal Asking() => Set("10", "30000", $"for vip in {Vip} {VipV6}; do echo >/dev/udp/$vip/9; done");

        public void Dispose() => Set("1000", "3", "ip neigh flush dev eth0");

        private static void Set(string milliseconds, string times, string then) => Topology.RunIn(
            "client",
            "bash",
            "-ec",
            $"for family in ipv4 ipv6; do cd /proc/sys/net/$family/neigh/eth0; echo {milliseconds} >retrans_time_ms; echo {times} >mcast_solicit; done; {then}");
    }
}
