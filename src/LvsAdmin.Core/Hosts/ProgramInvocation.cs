namespace LvsAdmin.Core.Hosts;

/// <summary>A program to run on a host. The arguments are a list and stay one: no shell reads them.</summary>
/// <param name="Program">The name, found on the host's PATH (with the sbin directories), or an absolute path.</param>
/// <param name="Arguments">The arguments, each as the program shall see it.</param>
/// <param name="Input">What the program reads from its standard input; null for nothing.</param>
public sealed record ProgramInvocation(string Program, IReadOnlyList<string> Arguments, string? Input = null)
{
    /// <summary>Names a program and its arguments.</summary>
    public ProgramInvocation(string program, params string[] arguments)
        : this(program, (IReadOnlyList<string>)arguments)
    {
    }

    /// <summary>The command as a person would read it, for messages; never to be run.</summary>
    public override string ToString() => string.Join(' ', [Program, .. Arguments]);
}
