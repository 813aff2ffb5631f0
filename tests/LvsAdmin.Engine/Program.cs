using LvsAdmin.Hosting;

// The subsystem "powershell" of an sshd, on a machine without pwsh.
if (args is ["-sshs", ..])
{
    RemotingServer.Run();
    return 0;
}

Console.Error.WriteLine("Usage: LvsAdmin.Engine -sshs");
return 2;
