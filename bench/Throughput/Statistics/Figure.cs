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

    internal static readonly Figure FlushShare = new("flushPercentOfLesser", "of the lesser of unflushed and plain syncs", "%", true);
    internal static readonly Figure UnflushedRecords = new("recordsPerSecondUnflushed", "without flushing, records", "/s", true);
    internal static readonly Figure UnflushedMegabytes = new("mibPerSecondUnflushed", "without flushing, batch bytes", "MiB/s", true);
    internal static readonly Figure PlainSyncs = new("plainSyncMibPerSecond", "plain loops of pwrite and fdatasync", "MiB/s", true) { IsAboutRun = true };
    internal static readonly Figure FlushWait = new("flushWaitRatio", "ack p50 to bare sync + unflushed", "×", false);
    internal static readonly Figure UnflushedMedian = new("waitP50MsUnflushed", "without flushing, wait p50", "ms", false);
    internal static readonly Figure BareSyncMedian = new("bareSyncP50Ms", "bare pwrite and fdatasync p50", "ms", false) { IsAboutRun = true };

    internal static readonly Figure ReplayCost = new("replayAckP99Ratio", "ack p99 with the replay to without", "×", false);
    internal static readonly Figure ReplayRate = new("replayMibPerSecond", "replay", "MiB/s", true);
    internal static readonly Figure Served = new("servedAfterSeconds", "all partitions served after", "s", false);
    internal static readonly Figure RecoveryCpu = new("recoveryCpuSeconds", "broker CPU until then", "s", false);
    internal static readonly Figure CleanRate = new("cleanedMibPerSecond", "cleaned", "MiB/s", true);
    internal static readonly Figure CleanTime = new("cleanedAfterSeconds", "cleaned after", "s", false);
    internal static readonly Figure CleanRest = new("cleanedRestPercent", "left of the log", "%", false);
    internal static readonly Figure BackgroundCost = new("backgroundAckP999CostMs", "ack p99.9 over that without the work", "ms", false);

    internal static readonly Figure Commits = new("commitsPerSecond", "commits", "/s", true);
    internal static readonly Figure CpuPerMillionCommits = new("cpuSecondsPerMillionCommits", "broker CPU", "s/M commits", false);
    internal static readonly Figure JoinTime = new("joinMedianSeconds", "every member has its assignment after", "s", false);
    internal static readonly Figure JoinTimeMax = new("joinMaxSeconds", "at the latest after", "s", false);
    internal static readonly Figure JoinCpu = new("joinCpuMs", "broker CPU a join", "ms", false);
    internal static readonly Figure Failover = new("failoverMaxSeconds", "all partitions assigned again at the latest after", "s", false);
    internal static readonly Figure FailoverMedian = new("failoverMedianSeconds", "all partitions assigned again after, median", "s", false);
    internal static readonly Figure OffsetsLoaded = new("offsetsLoadedSeconds", "loaded after it takes connections", "s", false);
    internal static readonly Figure OffsetsServed = new("offsetsServedSeconds", "loaded after its process began", "s", false);
    internal static readonly Figure LoadCpu = new("loadCpuSeconds", "broker CPU until then", "s", false);
    internal static readonly Figure MemoryPerMember = new("memoryPerMemberKib", "memory a member", "KiB", false);
    internal static readonly Figure Heartbeats = new("heartbeatsPerSecond", "heartbeats", "/s", true);
    internal static readonly Figure CpuPerMillionHeartbeats = new("cpuSecondsPerMillionHeartbeats", "broker CPU", "s/M heartbeats", false);
    internal static readonly Figure Gathering = new("gatheredSeconds", "all have joined after", "s", false);

    internal static readonly Figure[] Acknowledged = Latencies("ack", "ack");
    internal static readonly Figure[] EndToEnd = Latencies("endToEnd", "end-to-end");
    internal static readonly Figure[] QuietAcknowledged = Latencies("quietAck", "without it, ack");

    /// <summary>The shares that <see cref="Acknowledged"/> and <see cref="EndToEnd"/> stand for; 1 is the greatest.</summary>
    internal static readonly double[] LatencyShares = [0.5, 0.99, 0.999, 1];

    private static Figure[] Latencies(string key, string title) =>
    [
        new(key + "P50Ms", title + " p50", "ms", false), new(key + "P99Ms", title + " p99", "ms", false),
        new(key + "P999Ms", title + " p99.9", "ms", false), new(key + "MaxMs", title + " max", "ms", false),
    ];
}
