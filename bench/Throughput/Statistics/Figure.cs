namespace KLog.Bench.Throughput.Statistics;

/// <summary>What is measured in a round: its name, its unit, and which way is better.</summary>
internal sealed record Figure(string Key, string Title, string Unit, bool HigherIsBetter)
{
    /// <summary>Title and unit in one: "records/s", or "broker CPU, s/GiB".</summary>
    internal string Label => Unit[0] == '/' ? Title + Unit : $"{Title}, {Unit}";

    /// <summary>Tells about the run rather than the broker: shown last, and without a ratio.</summary>
    internal bool IsAboutRun { get; private init; }

    internal static readonly Figure Records = new("recordsPerSecond", "records", "/s", true);
    internal static readonly Figure Megabytes = new("mibPerSecond", "batch bytes", "MiB/s", true);
    internal static readonly Figure Requests = new("requestsPerSecond", "requests", "/s", true);
    internal static readonly Figure CpuPerGib = new("cpuSecondsPerGib", "broker CPU", "s/GiB", false);
    internal static readonly Figure CpuPerMillionRequests = new("cpuSecondsPerMillionRequests", "broker CPU", "s/M requests", false);
    internal static readonly Figure CpuShare = new("cpuCores", "broker CPU", "cores", false);
    internal static readonly Figure WaitMedian = new("waitP50Ms", "wait p50", "ms", false);
    internal static readonly Figure WaitP99 = new("waitP99Ms", "wait p99", "ms", false);
    internal static readonly Figure WaitMax = new("waitMaxMs", "worst wait", "ms", false);
    internal static readonly Figure PeakMemory = new("peakMemoryMib", "peak memory", "MiB", false);
    internal static readonly Figure AnonymousMemory = new("anonymousMemoryMib", "memory without files", "MiB", false);
    internal static readonly Figure GeneratorCpu = new("generatorCores", "generator CPU", "cores", false) { IsAboutRun = true };
    internal static readonly Figure OthersCpu = new("othersCores", "other programs' CPU", "cores", false) { IsAboutRun = true };
    internal static readonly Figure Start = new("startSeconds", "first record after", "s", false);
    internal static readonly Figure FewPartitions = new("recordsPerSecondFewPartitions", "to 6 partitions, records", "/s", true);
    internal static readonly Figure PartitionShare = new("manyToFewPartitions", "2,000 to 6 partitions", "×", true);
    internal static readonly Figure SendfileShare = new("sendfilePercent", "by sendfile(2)", "%", true);
    internal static readonly Figure LatenessP99 = new("generatorLatenessP99Ms", "generator late p99", "ms", false) { IsAboutRun = true };

    internal static readonly Figure[] Acknowledged = Latencies("ack", "ack");
    internal static readonly Figure[] EndToEnd = Latencies("endToEnd", "end-to-end");

    /// <summary>The shares that <see cref="Acknowledged"/> and <see cref="EndToEnd"/> stand for; 1 is the greatest.</summary>
    internal static readonly double[] LatencyShares = [0.5, 0.99, 0.999, 1];

    private static Figure[] Latencies(string key, string title) =>
    [
        new(key + "P50Ms", title + " p50", "ms", false), new(key + "P99Ms", title + " p99", "ms", false),
        new(key + "P999Ms", title + " p99.9", "ms", false), new(key + "MaxMs", title + " max", "ms", false),
    ];
}
