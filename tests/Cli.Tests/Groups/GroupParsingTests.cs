using KLog.Cli.Groups;
using KLog.Cli.Groups.Reset;
using KLog.Protocol;

namespace KLog.Cli.Tests.Groups;

/// <summary>Topics on a command line, and the range of offsets.</summary>
public sealed class GroupParsingTests
{
    [Theory]
    [InlineData("orders", "orders", null)]
    [InlineData("orders:0", "orders", new[] { 0 })]
    [InlineData("orders:2,0,2", "orders", new[] { 2, 0 })]
    public void A_topic_is_read_with_its_partitions(string text, string topic, int[]? partitions)
    {
        TopicSelection selection = TopicSelection.Parse(text);
        Assert.Equal(topic, selection.Topic);
        Assert.Equal(partitions, selection.Partitions);
        Assert.Equal(partitions ?? [0, 1], selection.With([0, 1]).Select(each => each.Partition));
    }

    [Theory]
    [InlineData("", "must be a topic")]
    [InlineData(":1", "must be a topic")]
    [InlineData("orders:1:2", "must be a topic")]
    [InlineData("orders:", "'' is no partition's number")]
    [InlineData("orders:1,x", "'x' is no partition's number")]
    [InlineData("orders:-1", "'-1' is no partition's number")]
    public void What_is_no_topic_is_refused(string text, string why)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => TopicSelection.Parse(text));
        Assert.StartsWith($"--topic {text}: {why}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 5, null)]
    [InlineData(3, 3, null)]
    [InlineData(9, 9, null)]
    [InlineData(10, 9, "new offset (10) is higher than latest offset for topic partition t-0; it will be set to 9")]
    [InlineData(-2, 3, "new offset (-2) is lower than earliest offset for topic partition t-0; it will be set to 3")]
    public void An_offset_that_the_log_has_not_becomes_the_nearest(long offset, long expected, string? warning)
    {
        List<string> warnings = [];
        Assert.Equal(expected, ResetPlanning.Within(new TopicPartition("t", 0), offset, start: 3, end: 9, warnings.Add));
        Assert.Equal(warning is null ? [] : [warning], warnings);
    }
}
