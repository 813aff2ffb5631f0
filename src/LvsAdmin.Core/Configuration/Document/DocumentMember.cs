namespace LvsAdmin.Core.Configuration;

/// <summary>A name in a document with what it stands for.</summary>
/// <param name="Name">The name as it is written.</param>
/// <param name="Line">The line of the name, from 1; 0 where there are no lines.</param>
/// <param name="Value">What it stands for.</param>
public sealed record DocumentMember(string Name, int Line, DocumentNode Value);
