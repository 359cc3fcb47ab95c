using System.Numerics;

namespace KLog.Bench.Throughput.Statistics;

/// <summary>
/// ◆ Counts of durations in nanoseconds, in buckets that are exact below 128 ns and at most 1/64 (1.6 %) wide above, up
/// to about 4 hours. Recording allocates nothing.
/// <code>
/// value = 1xxxxxx… with highest bit h ≥ 7: bucket = (h − 6) · 64 + (the seven highest bits), so buckets follow on
/// </code>
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int SubCount = 1 << SubBits;
    private const long ValueMax = (1L << 44) - 1;
    private readonly long[] _counts = new long[BucketOf(ValueMax) + 1];

    internal long Count { get; private set; }

    /// <summary>The largest value that was recorded, exactly; 0 when none was.</summary>
    internal long Max { get; private set; }

    /// <summary>Negative values count as 0.</summary>
    internal void Record(long nanoseconds)
    {
        long value = Math.Clamp(nanoseconds, 0, ValueMax);
        _counts[BucketOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    internal void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>
    /// The smallest value that at least this share of the values does not exceed, rounded up to its bucket's end but
    /// never above <see cref="Max"/>; 0 for an empty histogram.
    /// </summary>
    /// <param name="share">From 0 to 1: 0.99 for p99.</param>
    internal long Percentile(double share)
    {
        // A share such as 0.999 is not exact in binary: without the slack, p99.9 of 1,000 values would be the 1,000th.
        long rank = Math.Max(1, (long)Math.Ceiling((share * Count) - 1e-6));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(EndOf(i), Max);
            }
        }

        return Max;
    }

    private static int BucketOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long EndOf(int bucket)
    {
        int shift = Math.Max(0, (bucket >> SubBits) - 1);
        long top = bucket - ((long)shift << SubBits);
        return ((top + 1) << shift) - 1;
    }
}
