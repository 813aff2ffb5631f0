using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Hosting;

// What the lab runs in its guest on a machine without pwsh.
try
{
    return args switch
    {
        ["play", var file] => Play(file),
        ["shell"] => Shell(),
        _ => Usage(),
    };
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or RuntimeException)
{
    // A file that cannot be read, a runbook that does not parse, a module that does not load.
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static int Play(string file)
{
    var runbook = Runbook.Parse(File.ReadAllText(file), file);
    using var engine = OpenEngine();
    return runbook.Play(engine);
}

static int Shell()
{
    using var engine = OpenEngine();
    Console.CancelKeyPress += (_, press) =>
    {
        press.Cancel = true;
        engine.Stop();
    };
    return new LineLoop(engine, Console.In).Run();
}

static Engine OpenEngine()
{
    var engine = new Engine(userInterface: new EngineUserInterface(Console.Out) { Reader = Console.In.ReadLine });
    if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out var columns) && columns >= 40)
    {
        engine.Width = columns;
    }

    return engine;
}

static int Usage()
{
    Console.Error.WriteLine("Usage: LvsAdmin.Lab play FILE.ps1 | shell");
    return 2;
}
