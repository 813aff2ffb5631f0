namespace LvsAdmin.Core.Network;

/// <summary>Who answered when a link was asked for the owner of an address.</summary>
/// <param name="MacAddresses">Each answering MAC address once, as 8e:27:4d:11:6a:97.</param>
/// <param name="Trouble">Why the link could not be asked, in a sentence; null when it was.</param>
/// <param name="Remedy">What helps against that.</param>
internal sealed record LinkAnswer(IReadOnlyList<string> MacAddresses, string? Trouble = null, string? Remedy = null)
{
    internal static LinkAnswer NotAsked(string trouble, string? remedy = null) => new([], trouble, remedy);
}
