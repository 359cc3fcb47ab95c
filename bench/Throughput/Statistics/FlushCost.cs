namespace KLog.Bench.Throughput.Statistics;

/// <summary>◆ What a flush before each acknowledgement costs a broker, against what it must cost.</summary>
internal static class FlushCost
{
    /// <summary>
    /// The rate with flushing, in percent of what bounds it: the lesser of the broker's own rate without, and of what
    /// the disk syncs for plain loops. All in one unit.
    /// </summary>
    /// <param name="flushed">With flushing.</param>
    /// <param name="unflushed">Without.</param>
    /// <param name="plain">The plain loops; null when they were not measured.</param>
    internal static double PercentOfLesser(double flushed, double unflushed, double? plain) =>
        100 * flushed / Math.Min(unflushed, plain ?? double.PositiveInfinity);

    /// <summary>The wait with flushing to the sum of what it is made of: the same without, and a bare write with its sync.</summary>
    internal static double WaitRatio(double flushed, double unflushed, double bare) => flushed / (unflushed + bare);
}
