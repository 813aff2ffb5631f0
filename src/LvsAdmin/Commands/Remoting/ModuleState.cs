namespace LvsAdmin.Commands.Remoting;

/// <summary>What is known of this module on another host.</summary>
/// <param name="Path">The folder where this version belongs there.</param>
/// <param name="IsPresent">Whether it is there.</param>
/// <param name="Loaded">The version that the session has loaded; null for none.</param>
internal sealed record ModuleState(string Path, bool IsPresent, Version? Loaded);
