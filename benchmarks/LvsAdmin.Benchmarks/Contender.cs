namespace LvsAdmin.Benchmarks;

/// <summary>One way of doing the work, with the times that it took.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="MeasureAsync">Does the work once on a fresh director and gives the milliseconds that it took.</param>
internal sealed record Contender(string Name, Func<Task<double>> MeasureAsync)
{
    internal List<double> Times { get; } = [];

    internal double Median => Times.Order().ElementAt(Times.Count / 2);
}
