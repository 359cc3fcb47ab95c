namespace KLog.Bench.Throughput.Statistics;

/// <summary>◆ A figure over the rounds: its median, with the least and the greatest.</summary>
internal readonly record struct Summary(double Median, double Min, double Max)
{
    /// <summary>The mean of the two middle values where their number is even.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    internal static Summary Of(params IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("there are no values", nameof(values));
        }

        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Summary(median, sorted[0], sorted[^1]);
    }
}
