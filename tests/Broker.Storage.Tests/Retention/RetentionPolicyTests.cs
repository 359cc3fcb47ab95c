namespace KLog.Broker.Storage.Tests.Retention;

public class RetentionPolicyTests
{
    // Three segments of 100 bytes with offsets 0-9, 10-19, 20-29, whose newest records are 300, 200 and 100 ms old.
    [Theory]
    [InlineData(-1, -1, 0, 30, CleanupPolicy.Delete, 0)]
    [InlineData(250, -1, 0, 30, CleanupPolicy.Delete, 1)]
    [InlineData(300, -1, 0, 30, CleanupPolicy.Delete, 0)]
    [InlineData(150, -1, 0, 30, CleanupPolicy.Delete, 2)]
    [InlineData(50, -1, 0, 30, CleanupPolicy.Delete, 3)]
    [InlineData(50, -1, 0, 29, CleanupPolicy.Delete, 2)]
    [InlineData(50, -1, 0, 15, CleanupPolicy.Delete, 1)]
    [InlineData(-1, 300, 0, 30, CleanupPolicy.Delete, 0)]
    [InlineData(-1, 299, 0, 30, CleanupPolicy.Delete, 0)]
    [InlineData(-1, 200, 0, 30, CleanupPolicy.Delete, 1)]
    [InlineData(-1, 0, 0, 30, CleanupPolicy.Delete, 3)]
    [InlineData(-1, -1, 10, 30, CleanupPolicy.Delete, 1)]
    [InlineData(-1, -1, 19, 30, CleanupPolicy.Delete, 1)]
    [InlineData(-1, -1, 30, 30, CleanupPolicy.Delete, 2)]
    [InlineData(50, 0, 0, 30, CleanupPolicy.Compact, 0)]
    [InlineData(50, 0, 20, 30, CleanupPolicy.Compact, 2)]
    [InlineData(250, 0, 0, 30, CleanupPolicy.Compact | CleanupPolicy.Delete, 3)]
    public void So_many_segments_go(long retentionMs, long retentionBytes, long logStart, long highWatermark, CleanupPolicy policy, int expected)
    {
        SegmentFacts[] segments = [new(0, 100, 9_700), new(10, 100, 9_800), new(20, 100, 9_900)];
        LogConfig config = new() { RetentionMs = retentionMs, RetentionBytes = retentionBytes, CleanupPolicy = policy };
        Assert.Equal(expected, RetentionPolicy.CountDeletable(segments, config, 10_000, logStart, highWatermark, 30));
    }

    [Fact]
    public void An_empty_active_segment_stays() =>
        Assert.Equal(0, RetentionPolicy.CountDeletable([new(0, 0, 0)], new LogConfig { RetentionMs = 1 }, 10_000, 0, 0, 0));
}
