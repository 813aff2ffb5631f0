using System.Globalization;
using LvsAdmin.Benchmarks;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

// Times differ among machines and hours; what counts are ratios of one run. So the contenders take turns, and medians are compared.
const int Rounds = 3;
string[] known = Fleet.IsHere ? ["fleet"] : ["restore", "list", "sync"];
string[] names = args.Length == 0 ? known : args;
if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}': name {string.Join(" or ", known)}, or none for all.");
    return 2;
}

using Engine engine = new();
if (names.Contains("restore"))
{
    Contender[] contenders = await MeasureAsync("Restore of 1,000 services x 10 real servers", [.. Restore.Contenders(engine)]);
    double ours = contenders[0].Median;
    Budget("ipvsadm -R / LvsAdmin, one batch", contenders[2].Median / ours, atLeast: 10);
    Budget("ipvsadm -R / LvsAdmin, cmdlets", contenders[2].Median / contenders[1].Median, null);
    // In a session that is open: the login takes the same time whatever is done in it.
    Budget("over SSH / (2 x local + 300 ms)", contenders[3].Median / ((2 * ours) + 300), atMost: 1);
    if (contenders.Length > 4)
    {
        Budget("LvsAdmin, one batch / C program", ours / contenders[4].Median, atMost: 1.5);
    }
}

if (names.Contains("list"))
{
    await using Director director = await Director.CreateAsync();
    await using (IpvsClient client = await director.ConnectAsync())
    {
        await client.ApplyAsync(Table.Changes(), CancellationToken.None);
    }

    Contender[] contenders = await MeasureAsync("Listing of 1,000 services x 10 real servers", [.. Listing.Contenders(engine, director)]);
    Budget("LvsAdmin, objects / ipvsadm -Ln", contenders[0].Median / contenders[2].Median, atMost: 1);
    Budget("LvsAdmin, cmdlets / ipvsadm -Ln", contenders[1].Median / contenders[2].Median, null);
}

if (names.Contains("sync"))
{
    await using Director director = await Director.CreateAsync();
    await using (IpvsClient client = await director.ConnectAsync())
    {
        await client.ApplyAsync(Table.Changes(), CancellationToken.None);
    }

    using Syncing syncing = new(engine, director);
    // First, while the director is as the file says.
    Contender[] cmdlet = await MeasureAsync("A question whether 1,000 services x 10 real servers are as a file says", [syncing.Cmdlet()]);
    Contender[] contenders = await MeasureAsync("Sync with 1,000 services x 10 real servers", [.. syncing.Contenders()]);
    foreach ((string kind, (int reads, int writes)) in syncing.Requests)
    {
        Console.WriteLine(Invariant($"  {kind}: {reads} requests that read, {writes} that write"));
    }

    Budget("no-op Sync: writes", syncing.Requests["no-op"].Writes, atMost: 0);
    Budget("no-op Sync: dumps beyond one a service", syncing.Requests["no-op"].Reads - Table.Services, atMost: 1);
    Budget("Sync of 1 %: writes", syncing.Requests["1 %"].Writes, atMost: Table.Services * Table.Servers / 100);
    Budget("no-op Sync / ipvsadm -Ln", contenders[0].Median / contenders[2].Median, null);
    Budget("Test-LvsConfiguration / ipvsadm -Ln", cmdlet[0].Median / contenders[2].Median, null);
    Contender[] whole = await MeasureAsync("Restore of 1,000 services x 10 real servers by Sync", [.. Syncing.WholeTable()]);
    Budget("ipvsadm -R / LvsAdmin, Sync", whole[1].Median / whole[0].Median, null);
}

if (names.Contains("fleet"))
{
    Contender[] contenders = await MeasureAsync($"A question to {Fleet.Hosts} hosts", [.. Fleet.Contenders(engine)]);
    Budget("LvsAdmin / xargs ssh", contenders[0].Median / contenders[1].Median, atMost: 1.25);
    if (contenders.Length > 2)
    {
        Budget("Invoke-Command / LvsAdmin", contenders[2].Median / contenders[0].Median, atLeast: 5);
    }

    Contender[] sessions = await MeasureAsync($"A further command on {Fleet.Hosts} open sessions", [.. Fleet.Sessions(engine)]);
    foreach (Contender session in sessions)
    {
        Budget($"{session.Name}: ms a host", session.Median / Fleet.Hosts, atMost: 5);
    }
}

return 0;

static async Task<Contender[]> MeasureAsync(string title, Contender[] contenders)
{
    // The first round is not counted: the runtime compiles our code in it, as a running session has done long ago.
    for (int round = 0; round <= Rounds; round++)
    {
        foreach (Contender contender in contenders)
        {
            double time = await contender.MeasureAsync();
            if (round > 0)
            {
                contender.Times.Add(time);
            }
        }
    }

    Console.WriteLine();
    Console.WriteLine(Invariant($"{title}: milliseconds, median (and range) of {Rounds} runs in turn"));
    foreach (Contender contender in contenders)
    {
        Console.WriteLine(Invariant($"  {contender.Name,-34} {contender.Median,9:F1}  ({contender.Times.Min():F1} to {contender.Times.Max():F1})"));
    }

    return contenders;
}

static void Budget(string name, double ratio, double? atLeast = null, double? atMost = null)
{
    string budget = (atLeast, atMost) switch
    {
        ({ } least, _) => Invariant($"budget: at least {least:F1}: {(ratio >= least ? "kept" : "MISSED")}"),
        (_, { } most) => Invariant($"budget: at most {most:F1}: {(ratio <= most ? "kept" : "MISSED")}"),
        _ => "no budget",
    };
    Console.WriteLine(Invariant($"  {name,-34} {ratio,9:F2}  ({budget})"));
}

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
