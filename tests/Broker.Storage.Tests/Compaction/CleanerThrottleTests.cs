namespace KLog.Broker.Storage.Tests.Compaction;

public class CleanerThrottleTests
{
    [Fact]
    public void Bytes_take_the_time_that_the_rate_gives_them()
    {
        CleanerThrottle throttle = new();
        TimeSpan now = TimeSpan.FromHours(1);
        TimeSpan start = now;
        for (int i = 0; i < 100; i++)
        {
            // Two threads, and work that takes a while of its own.
            now += throttle.Note(250_000, 1_000_000, now) + TimeSpan.FromMilliseconds(i % 3);
        }

        Assert.InRange((now - start).TotalSeconds, 24.9, 25.2);
    }

    [Fact]
    public void Time_that_was_not_used_is_not_saved_and_small_waits_add_up()
    {
        CleanerThrottle throttle = new();
        throttle.Note(1000, 1_000_000, TimeSpan.Zero);
        TimeSpan later = TimeSpan.FromMinutes(1);
        Assert.Equal(TimeSpan.FromSeconds(1), throttle.Note(1_000_000, 1_000_000, later));
        later += TimeSpan.FromSeconds(1);
        Assert.Equal(TimeSpan.Zero, throttle.Note(4_000, 1_000_000, later));
        Assert.Equal(TimeSpan.FromMilliseconds(8), throttle.Note(4_000, 1_000_000, later));
        Assert.Equal(TimeSpan.Zero, throttle.Note(int.MaxValue, double.MaxValue, TimeSpan.FromMinutes(2)));
    }
}
