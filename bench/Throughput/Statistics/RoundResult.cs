namespace KLog.Bench.Throughput.Statistics;

/// <summary>What one round of one workload measured on one broker.</summary>
internal sealed class RoundResult
{
    internal Dictionary<Figure, double> Figures { get; } = [];

    /// <summary>Whole distributions, by name, in nanoseconds.</summary>
    internal Dictionary<string, LatencyHistogram> Histograms { get; } = [];

    internal double this[Figure figure]
    {
        get => Figures[figure];
        set => Figures[figure] = value;
    }
}

/// <summary>All rounds of one workload on one broker, or why there are none.</summary>
internal sealed class BrokerResult(string broker)
{
    internal string Broker { get; } = broker;

    internal List<RoundResult> Rounds { get; } = [];

    internal int WarmUpRounds { get; set; }

    internal string? Failure { get; set; }

    internal Summary? Summarize(Figure figure)
    {
        double[] values = [.. Rounds.Where(r => r.Figures.ContainsKey(figure)).Select(r => r[figure])];
        return values.Length == 0 ? null : Summary.Of(values);
    }

    internal LatencyHistogram? Merge(string histogram)
    {
        LatencyHistogram all = new();
        foreach (RoundResult round in Rounds)
        {
            if (round.Histograms.TryGetValue(histogram, out LatencyHistogram? one))
            {
                all.Add(one);
            }
        }

        return all.Count == 0 ? null : all;
    }
}

/// <summary>One workload on all brokers.</summary>
/// <param name="Name">As it is chosen on the command line.</param>
/// <param name="Title">As it stands in the report.</param>
/// <param name="Main">The figure that says most.</param>
/// <param name="Brokers">In the order in which they take turns.</param>
internal sealed record WorkloadResult(string Name, string Title, Figure Main, IReadOnlyList<BrokerResult> Brokers);
