using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Network;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

/// <summary>Policies that outlive a boot: what is read from the sysctl configuration, and what is written there.</summary>
[Trait("Level", "Bytes")]
public sealed class ArpPolicyFileTests
{
    private const string Ours = "/etc/sysctl.d/90-lvsadmin-arp.conf";
    private const string Mark = "# LvsAdmin: written by Set-LvsArpPolicy -Persistent; changes made here by hand are overwritten.\n";

    private static readonly string[] Names = ["all", "default", "eth0", "lo"];

    private readonly FakeRealServer _server = new(networkNamespace: null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("net.ipv4.conf.eth0/100.arp_ignore", "net/ipv4/conf/eth0.100/arp_ignore")]
    [InlineData("net/ipv4/conf/eth0.100/arp_ignore", "net/ipv4/conf/eth0.100/arp_ignore")]
    [InlineData("net.ipv4.conf.all.arp_ignore", "net/ipv4/conf/all/arp_ignore")]
    [InlineData("/net//ipv4/conf/all/arp_ignore", "net/ipv4/conf/all/arp_ignore")]
    public void A_key_is_a_path_whose_first_separator_says_how_it_is_written(string key, string path) =>
        Assert.Equal(path, SysctlAssignment.Normalize(key));

    [Theory]
    [InlineData("net/ipv4/conf/*/arp_ignore", "all default eth0 lo")]
    [InlineData("net/ipv4/conf/eth?/arp_ignore", "eth0")]
    [InlineData("net/ipv4/conf/[a-e]*/arp_ignore", "all default eth0")]
    [InlineData("net/ipv4/conf/[!a-e]*/arp_ignore", "lo")]
    [InlineData("net/ipv4/conf/[z-a]*/arp_ignore", "")]
    [InlineData("net/ipv4/conf/[]/arp_ignore", "")]
    [InlineData("net/ipv4/*/arp_ignore", "")]
    [InlineData("net/ipv4/conf/all/arp_ignore", "")]
    public void A_pattern_means_what_glob_means_by_it(string key, string expected) => Assert.Equal(
        expected,
        string.Join(' ', Names.Where(name => new SysctlAssignment(key, "1", "x", 1).Matches($"net/ipv4/conf/{name}/arp_ignore"))));

    [Fact]
    public async Task Level_file_and_line_of_the_next_boot_are_shown()
    {
        _server.Host.Files["/etc/sysctl.d/10-a.conf"] = "# a\n; b\n\nnet.ipv4.conf.*.arp_ignore = 3\nnet.ipv4.conf.eth0.arp_announce=1\n-net.ipv4.conf.lo.arp_ignore\n";
        _server.Host.Files["/usr/lib/sysctl.d/50-b.conf"] = "  -net/ipv4/conf/all/arp_ignore =  1  \nnot an assignment\nnet.ipv4.conf.default.arp_announce = word\n";
        _server.Host.Files["/usr/lib/sysctl.d/10-a.conf"] = "net.ipv4.conf.all.arp_announce = 2\n";
        _server.Host.Files["/run/sysctl.d/99-c.conf.off"] = "net.ipv4.conf.all.arp_announce = 2\n";
        Assert.Equal(
            [
                ("all", 1, "/usr/lib/sysctl.d/50-b.conf:1", null, null),
                ("default", 3, "/etc/sysctl.d/10-a.conf:4", null, "/usr/lib/sysctl.d/50-b.conf:3"),
                ("eth0", 3, "/etc/sysctl.d/10-a.conf:4", 1, "/etc/sysctl.d/10-a.conf:5"),
                ("lo", null, null, null, null),
            ],
            (await ArpPolicies.GetAsync(_server.Host, null, Stop)).Select(policy =>
                (policy.Interface, (int?)policy.PersistentIgnore, policy.PersistentIgnoreSource, (int?)policy.PersistentAnnounce, policy.PersistentAnnounceSource)));
    }

    [Theory]
    // procps reads /etc/sysctl.conf last; systemd only where a link leads to it, and in the link's place.
    [InlineData(false, false, "/etc/sysctl.conf:1")]
    [InlineData(false, true, "/etc/sysctl.conf:1")]
    [InlineData(true, false, "/etc/sysctl.d/99-z.conf:1")]
    [InlineData(true, true, "/etc/sysctl.d/99-z.conf:1")]
    public async Task The_classic_file_counts_as_the_program_that_boots_the_host_reads_it(bool isSystemd, bool linked, string source)
    {
        _server.Host.Files["/etc/sysctl.conf"] = "net.ipv4.conf.all.arp_ignore = 1\nnet.ipv4.conf.all.arp_announce = 2\n";
        _server.Host.Files["/etc/sysctl.d/99-z.conf"] = "net.ipv4.conf.all.arp_ignore = 2\n";
        if (linked)
        {
            _server.Host.Files["/etc/sysctl.d/99-sysctl.conf"] = _server.Host.Files["/etc/sysctl.conf"];
        }

        if (isSystemd)
        {
            _server.Host.Files["/run/systemd/system/x"] = string.Empty;
        }

        LvsArpPolicy all = (await ArpPolicies.GetAsync(_server.Host, null, Stop))[0];
        Assert.Equal(source, all.PersistentIgnoreSource);
        Assert.Equal(isSystemd && !linked ? null : "/etc/sysctl.conf:2", all.PersistentAnnounceSource);
    }

    /// <summary>The programs that read these files at boot, on files of our own in a namespace of mounts, as the witnesses for what we read in them.</summary>
    [Theory]
    [Trait("Level", "Kernel")]
    [InlineData("/sbin/sysctl", "--system", false)]
    [InlineData("/usr/lib/systemd/systemd-sysctl", "", true)]
    public async Task What_is_read_is_what_the_programs_of_the_boot_set(string program, string argument, bool isSystemd)
    {
        // The lab's kernel, which has dummies too.
        Support.NamespaceThread.RequireIpvs();
        using NetworkNamespaceFixture fixture = new();
        Assert.SkipUnless(File.Exists(program), $"{program} is not on this machine");
        (string Path, string Text)[] files =
        [
            ("/etc/sysctl.d/05-a.conf", "net.ipv4.conf.e0.arp_ignore = 2\nnet.ipv4.conf.*.arp_announce = 1\n"),
            ("/etc/sysctl.d/10-b.conf", "net.ipv4.conf.*.arp_ignore = 1\n; net.ipv4.conf.e0.arp_ignore = 8\nnonsense\n"),
            ("/usr/lib/sysctl.d/10-b.conf", "net.ipv4.conf.all.arp_announce = 1\nnet.ipv4.conf.e0.arp_ignore = 8\n"),
            ("/usr/lib/sysctl.d/20-c.conf", "net.ipv4.conf.[ae]*.arp_ignore = 3\n-net.ipv4.conf.e1.arp_ignore\nnet.ipv4.conf.e1.arp_announce = word\n"),
            ("/etc/sysctl.d/30-d.conf", "net.ipv4.conf.e0/5.arp_announce=2\n  -net/ipv4/conf/e0/arp_announce = 2 and more\nnet.ipv4.conf.e?.arp_announce = 1\n"),
            ("/etc/sysctl.d/40-e.conf", "- net.ipv4.conf.lo.arp_ignore = 8\n"),
            ("/etc/sysctl.d/99-sysctl.conf", "net.ipv4.conf.all.arp_ignore = 2\n"),
            ("/etc/sysctl.d/99-z.conf", "net.ipv4.conf.all.arp_ignore = 1\n"),
            ("/etc/sysctl.conf", "net.ipv4.conf.all.arp_ignore = 2\n"),
        ];
        FakeHost host = new() { NetworkNamespace = null };
        foreach ((string path, string text) in files)
        {
            host.Files[path] = text;
        }

        host.Files[$"/run/systemd/{(isSystemd ? "system" : "other")}/x"] = string.Empty;
        string[] names = ["all", "e0", "e0.5", "e1", "lo"];
        foreach (string path in names.SelectMany(name => new[] { $"{name}/arp_ignore", $"{name}/arp_announce" }))
        {
            host.Files[$"/proc/sys/net/ipv4/conf/{path}"] = "0\n";
        }

        // Interfaces with an address, or what is set for default would be theirs as well.
        string set = fixture.Shell($$"""
            for i in 0 0.5 1; do echo link add e$i type dummy; echo address add 198.51.100.1/32 dev e$i; done | ip -batch -
            exec unshare -m sh -c '
                for d in /etc/sysctl.d /usr/lib/sysctl.d; do mount -t tmpfs none $d; done
                mount -t tmpfs none /run
                echo >/run/sysctl.conf; mount --bind /run/sysctl.conf /etc/sysctl.conf
                {{string.Concat(files.Select(file => $"printf \"%s\" \"{file.Text}\" >{file.Path}\n"))}}
                rm /etc/sysctl.d/99-sysctl.conf; ln -s ../sysctl.conf /etc/sysctl.d/99-sysctl.conf
                {{program}} {{argument}} >/dev/null 2>&1
                cd /proc/sys/net/ipv4/conf; grep . {{string.Join(' ', names.Select(name => $"{name}/arp_ignore {name}/arp_announce"))}}'
            """);
        Assert.Equal(
            set.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(),
            (await ArpPolicies.GetAsync(host, null, Stop)).SelectMany(policy => new[]
            {
                $"{policy.Interface}/arp_ignore:{(int)(policy.PersistentIgnore ?? 0)}", $"{policy.Interface}/arp_announce:{(int)(policy.PersistentAnnounce ?? 0)}",
            }).Order());
    }

    [Fact]
    public void The_plan_is_shown_as_a_difference_and_warnings_come_with_it()
    {
        using CmdletFixture cmdlets = new();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "this machine has no Linux kernel");
        EngineResult result = cmdlets.Engine.Run("Set-LvsArpPolicy lo -Ignore 8 -Persistent -WhatIf -NetworkNamespace ''");
        Assert.Contains($"+++ {Ours}\n", result.HostText, StringComparison.Ordinal);
        Assert.Contains("+net.ipv4.conf.lo.arp_ignore = 8", result.HostText, StringComparison.Ordinal);
        Assert.False(File.Exists(Ours));
    }

    [Fact]
    public async Task A_network_namespace_has_no_persistent_level()
    {
        FakeRealServer inNamespace = new();
        inNamespace.Host.Files[Ours] = Mark + "net.ipv4.conf.all.arp_ignore = 1\n";
        Assert.Null((await ArpPolicies.GetAsync(inNamespace.Host, null, Stop))[0].PersistentIgnoreSource);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () =>
            await ArpPolicies.PlanSetAsync(inNamespace.Host, ["all"], LvsArpIgnore.TargetOnInterface, null, true, Stop));
        Assert.Equal(LvsHostError.PersistenceInNamespace, refused.Error);
        Assert.Empty(inNamespace.Changes);
    }

    [Fact]
    public async Task Setting_merges_with_the_file_and_a_second_time_changes_nothing()
    {
        _server.AddDevice("eth0.100", up: true);
        await SetAsync(["eth0.100", "all"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal);
        ArpPolicyPlan second = await ArpPolicies.PlanSetAsync(_server.Host, ["all", "eth0"], LvsArpIgnore.TargetOnInterface, null, true, Stop);
        Assert.Equal(
            $"""
            net.ipv4.conf.eth0: arp_ignore 0 -> 1
            --- {Ours}
            +++ {Ours}
            @@ -1,5 +1,6 @@
             {Mark.TrimEnd()}
             net.ipv4.conf.all.arp_ignore = 1
             net.ipv4.conf.all.arp_announce = 2
            +net.ipv4.conf.eth0.arp_ignore = 1
             net/ipv4/conf/eth0.100/arp_ignore = 1
             net/ipv4/conf/eth0.100/arp_announce = 2
            """,
            string.Join('\n', second.Changes).TrimEnd());
        await HostPlan.ApplyAsync(second.Changes, Stop);
        Assert.Equal(
            (1, $"{Ours}:2", 1, $"{Ours}:5"),
            (await ArpPolicies.GetAsync(_server.Host, null, Stop)) is [var all, .., var vlan, _]
                ? ((int)all.PersistentIgnore!, all.PersistentIgnoreSource, (int)vlan.PersistentIgnore!, vlan.PersistentIgnoreSource)
                : default);
        Assert.Empty((await ArpPolicies.PlanSetAsync(_server.Host, ["all", "eth0", "eth0.100"], LvsArpIgnore.TargetOnInterface, null, true, Stop)).Changes);
    }

    [Fact]
    public async Task Resetting_takes_only_its_lines_and_the_empty_file_away()
    {
        string before = _server.Snapshot;
        await SetAsync(["all", "eth0"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal);
        await ResetAsync(["all"], persistent: true);
        Assert.Equal(Mark + "net.ipv4.conf.eth0.arp_ignore = 1\nnet.ipv4.conf.eth0.arp_announce = 2\n", _server.Host.Files[Ours]);
        await ResetAsync(["eth0"], persistent: true);
        Assert.Equal(before, _server.Snapshot);
        Assert.Empty((await ArpPolicies.PlanResetAsync(_server.Host, ["all", "eth0"], true, Stop)).Changes);
    }

    [Fact]
    public async Task Lines_of_an_interface_that_is_gone_can_be_taken_away()
    {
        _server.Host.Files[Ours] = Mark + "net.ipv4.conf.eth7.arp_ignore = 1\n";
        Assert.Equal(["eth7"], await ArpPolicies.ListKeptAsync(_server.Host, Stop));
        Assert.Equal(
            LvsHostError.InterfaceMissing,
            (await Assert.ThrowsAsync<LvsHostException>(async () => await ArpPolicies.PlanResetAsync(_server.Host, ["eth7"], false, Stop))).Error);
        await ResetAsync(["eth7"], persistent: true);
        Assert.DoesNotContain(Ours, _server.Host.Files.Keys);
    }

    [Fact]
    public async Task A_file_read_later_that_says_otherwise_is_named()
    {
        _server.Host.Files["/etc/sysctl.d/99-zz.conf"] = "net.ipv4.conf.all.arp_announce = 2\n\nnet.ipv4.conf.all.arp_ignore = 0\nnet.ipv4.conf.*.arp_ignore = 0\n";
        ArpPolicyPlan plan = await ArpPolicies.PlanSetAsync(_server.Host, ["all", "eth0"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal, true, Stop);
        // The pattern does not touch eth0, which our file names.
        Assert.StartsWith("/etc/sysctl.d/99-zz.conf:3 on fake", plan.Warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Warnings, warning => warning.Contains("99-zz.conf:4", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "eth0", 1)]
    [InlineData(true, "eth0", 0)]
    [InlineData(false, "all", 0)]
    [InlineData(false, "lo", 0)]
    public async Task Software_interfaces_may_come_after_the_boot_read_the_files_unless_systemd_runs(bool isSystemd, string name, int warnings)
    {
        _server.Host.Files[$"/run/systemd/{(isSystemd ? "system" : "other")}/x"] = string.Empty;
        Assert.Equal(warnings, (await ArpPolicies.PlanSetAsync(_server.Host, [name], LvsArpIgnore.TargetOnInterface, null, true, Stop)).Warnings.Count);
        _server.Host.Files[$"/sys/class/net/{name}/device/vendor"] = "0x8086\n";
        Assert.Empty((await ArpPolicies.PlanSetAsync(_server.Host, [name], LvsArpIgnore.TargetOnInterface, null, true, Stop)).Warnings);
    }

    [Fact]
    public async Task Resetting_names_what_the_next_boot_sets_again()
    {
        await SetAsync(["all"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal);
        _server.Host.Files["/etc/sysctl.d/95-admin.conf"] = "net.ipv4.conf.all.arp_ignore = 2\nnet.ipv4.conf.eth0.arp_ignore = 0\n";
        ArpPolicyPlan live = await ArpPolicies.PlanResetAsync(_server.Host, ["all", "eth0"], false, Stop);
        Assert.Equal(2, live.Warnings.Count);
        Assert.Matches("^/etc/sysctl.d/95-admin.conf:1 .* arp_ignore of all to 2 again at the next boot. That file is not LvsAdmin's", live.Warnings[0]);
        Assert.Matches($"^{Ours}:3 .* arp_announce of all to 2 again at the next boot. Reset-LvsArpPolicy -Persistent", live.Warnings[1]);
        _server.Host.Files["/etc/sysctl.d/90-lvsadmin-vips.conf"] = "# LvsAdmin: written by somebody\nnet.ipv4.conf.eth0.arp_announce = 2\n";
        Assert.Matches("^/etc/sysctl.d/90-lvsadmin-vips.conf:2 .* Virtual IPs .* need that line", Assert.Single((await ArpPolicies.PlanResetAsync(_server.Host, ["eth0"], true, Stop)).Warnings));
        Assert.Matches(
            "^/etc/sysctl.d/90-lvsadmin-vips.conf:2 .* Virtual IPs .* need that line",
            Assert.Single((await ArpPolicies.PlanSetAsync(_server.Host, ["eth0"], null, LvsArpAnnounce.AnyLocal, true, Stop)).Warnings, warning => warning.Contains("is read after", StringComparison.Ordinal)));
        Assert.Equal([live.Warnings[0]], (await ArpPolicies.PlanResetAsync(_server.Host, ["all"], true, Stop)).Warnings);
    }

    [Fact]
    public async Task A_file_in_our_place_that_is_not_ours_is_left_alone()
    {
        _server.Host.Files[Ours] = "net.ipv4.conf.all.arp_ignore = 1\n";
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () =>
            await ArpPolicies.PlanSetAsync(_server.Host, ["all"], LvsArpIgnore.Never, null, true, Stop));
        Assert.Equal(LvsHostError.FileNotOurs, refused.Error);
        Assert.Empty((await ArpPolicies.PlanResetAsync(_server.Host, ["all"], true, Stop)).Changes);
    }

    private async Task SetAsync(string[] interfaces, LvsArpIgnore ignore, LvsArpAnnounce announce) =>
        await HostPlan.ApplyAsync((await ArpPolicies.PlanSetAsync(_server.Host, interfaces, ignore, announce, true, Stop)).Changes, Stop);

    private async Task ResetAsync(string[] interfaces, bool persistent) =>
        await HostPlan.ApplyAsync((await ArpPolicies.PlanResetAsync(_server.Host, interfaces, persistent, Stop)).Changes, Stop);
}
