namespace LvsAdmin.Tests.Contract;

/// <summary>What came of a request.</summary>
/// <param name="Errno">The error number; 0 for success.</param>
/// <param name="Records">The payloads of the answers, in hexadecimal.</param>
internal sealed record ContractAnswer(int Errno, IReadOnlyList<string> Records)
{
    public override string ToString() => $"errno {Errno}{string.Concat(Records.Select(record => $"\n    {record}"))}";
}
