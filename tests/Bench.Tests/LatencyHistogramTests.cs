using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1_000_000)]
    [InlineData(123_456_789_012)]
    public void A_value_comes_back_within_its_bucket(long value)
    {
        LatencyHistogram histogram = new();
        histogram.Record(value);
        histogram.Record(long.MaxValue); // so that the greatest value does not cap the answer
        long answered = histogram.Percentile(0.5);
        Assert.InRange(answered, value, value + (value / 64) + 1);
    }

    [Fact]
    public void Buckets_follow_on_without_gap_or_overlap()
    {
        long previous = -1;
        for (long value = 0; value < 5_000; value++)
        {
            LatencyHistogram histogram = new();
            histogram.Record(value);
            histogram.Record(1_000_000);
            long end = histogram.Percentile(0.5);
            Assert.True(end >= value, $"{value} is answered with {end}");
            Assert.True(end == previous || value == previous + 1, $"a bucket begins at {value}, the one before ended at {previous}");
            previous = end;
        }
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1.0, 100)]
    public void A_percentile_is_the_smallest_value_that_enough_do_not_exceed(double share, long expected)
    {
        LatencyHistogram histogram = new();
        for (int value = 100; value >= 1; value--)
        {
            histogram.Record(value);
        }

        Assert.Equal(expected, histogram.Percentile(share));
    }

    [Fact]
    public void A_thousandth_of_a_thousand_is_one()
    {
        LatencyHistogram histogram = new();
        for (int i = 0; i < 999; i++)
        {
            histogram.Record(1);
        }

        histogram.Record(5_000);
        Assert.Equal(1, histogram.Percentile(0.999));
        Assert.Equal(5_000, histogram.Percentile(0.9999));
    }

    [Fact]
    public void The_greatest_value_is_exact_and_caps_percentiles()
    {
        LatencyHistogram histogram = new();
        histogram.Record(1_000_003);
        Assert.Equal(1_000_003, histogram.Max);
        Assert.Equal(1_000_003, histogram.Percentile(0.5));
    }

    [Fact]
    public void Values_below_zero_count_as_zero_and_beyond_the_end_as_the_end()
    {
        LatencyHistogram histogram = new();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(0.5));
        Assert.Equal((1L << 44) - 1, histogram.Max);
    }

    [Fact]
    public void An_empty_histogram_answers_zero()
    {
        Assert.Equal(0, new LatencyHistogram().Percentile(0.99));
    }

    [Fact]
    public void Added_histograms_answer_as_one()
    {
        LatencyHistogram low = new();
        LatencyHistogram high = new();
        for (int value = 1; value <= 50; value++)
        {
            low.Record(value);
            high.Record(value + 50);
        }

        low.Add(high);
        Assert.Equal(100, low.Count);
        Assert.Equal(100, low.Max);
        Assert.Equal(50, low.Percentile(0.5));
        Assert.Equal(99, low.Percentile(0.99));
    }
}
