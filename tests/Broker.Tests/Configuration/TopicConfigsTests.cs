using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class TopicConfigsTests
{
    private static readonly BrokerConfig Defaults = BrokerConfigFile.Load(null, []).Config;

    private static BrokerConfig Broker(params string[] overrides) => BrokerConfigFile.Load(null, overrides).Config;

    [Theory]
    [InlineData("retention.ms", "604800000")]
    [InlineData("segment.ms", "604800000")]
    [InlineData("segment.jitter.ms", "0")]
    [InlineData("segment.bytes", "1073741824")]
    [InlineData("max.message.bytes", "1048588")]
    [InlineData("cleanup.policy", "delete")]
    [InlineData("flush.ms", "9223372036854775807")]
    [InlineData("message.timestamp.after.max.ms", "3600000")]
    [InlineData("local.retention.ms", "-2")]
    [InlineData("internal.segment.bytes", null)]
    public void A_topic_without_configs_has_the_brokers_defaults(string name, string? expected) =>
        Assert.Equal(expected, TopicConfigs.Text(Defaults, ConfigLayers.None, name));

    [Theory]
    [InlineData("log.retention.hours=2", "retention.ms", "7200000")]
    [InlineData("log.retention.hours=-1", "retention.ms", "-1")]
    [InlineData("log.retention.minutes=3", "retention.ms", "180000")]
    [InlineData("log.retention.ms=5", "retention.ms", "5")]
    [InlineData("log.roll.hours=1", "segment.ms", "3600000")]
    [InlineData("log.roll.jitter.hours=1", "segment.jitter.ms", "3600000")]
    [InlineData("log.flush.scheduler.interval.ms=700", "flush.ms", "700")]
    [InlineData("log.flush.interval.ms=800", "flush.ms", "800")]
    [InlineData("message.max.bytes=99", "max.message.bytes", "99")]
    [InlineData("log.cleaner.min.cleanable.ratio=0.25", "min.cleanable.dirty.ratio", "0.25")]
    public void The_broker_makes_the_default(string property, string name, string expected) =>
        Assert.Equal(expected, TopicConfigs.Text(Broker(property), ConfigLayers.None, name));

    [Fact]
    public void Milliseconds_win_over_minutes_and_minutes_over_hours()
    {
        Assert.Equal("5", TopicConfigs.Text(Broker("log.retention.hours=2", "log.retention.minutes=3", "log.retention.ms=5"), ConfigLayers.None, "retention.ms"));
        Assert.Equal("180000", TopicConfigs.Text(Broker("log.retention.hours=2", "log.retention.minutes=3"), ConfigLayers.None, "retention.ms"));
    }

    [Theory]
    [InlineData("retention.ms", "0")]
    [InlineData("retention.ms", " 1000 ")]
    [InlineData("cleanup.policy", "compact,delete")]
    [InlineData("segment.bytes", "14")]
    [InlineData("compression.gzip.level", "-1")]
    [InlineData("leader.replication.throttled.replicas", "*")]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2")]
    [InlineData("message.format.version", "2.8-IV0")]
    [InlineData("unclean.leader.election.enable", "TRUE")]
    public void A_good_config_is_taken(string name, string value) => TopicConfigs.Validate(Defaults, new Dictionary<string, string> { [name] = value });

    [Theory]
    [InlineData("retention.ms", "-2")]
    [InlineData("retention.ms", "")]
    [InlineData("retention.ms", "1.5")]
    [InlineData("segment.bytes", "13")]
    [InlineData("segment.bytes", "3000000000")]
    [InlineData("cleanup.policy", "compact,compact")]
    [InlineData("compression.gzip.level", "0")]
    [InlineData("compression.gzip.level", "10")]
    [InlineData("compression.zstd.level", "23")]
    [InlineData("compression.type", "LZ4")]
    [InlineData("min.cleanable.dirty.ratio", "1.1")]
    [InlineData("remote.storage.enable", "true")]
    [InlineData("follower.replication.throttled.replicas", "0:1:2")]
    [InlineData("no.such.config", "1")]
    [InlineData("log.retention.ms", "1")]
    public void A_bad_config_is_refused(string name, string value)
    {
        InvalidConfigException refusal = Assert.Throws<InvalidConfigException>(() =>
            TopicConfigs.Validate(Defaults, new Dictionary<string, string> { [name] = value }));
        Assert.StartsWith($"{name}={value}: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_wait_for_compaction_is_not_below_the_shortest() =>
        Assert.Throws<InvalidConfigException>(() => TopicConfigs.Validate(Defaults,
            new Dictionary<string, string> { ["min.compaction.lag.ms"] = "10", ["max.compaction.lag.ms"] = "9" }));

    [Fact]
    public void Internal_topics_are_compacted()
    {
        Assert.Equal("compact", InternalTopics.ConfigsOf("__transaction_state", Defaults)["cleanup.policy"]);
        Assert.Equal("104857600", InternalTopics.ConfigsOf("__consumer_offsets", Defaults)["segment.bytes"]);
        Assert.Empty(InternalTopics.ConfigsOf("orders", Defaults));
        TopicConfigs.Validate(Defaults, InternalTopics.ConfigsOf("__consumer_offsets", Defaults));
        TopicConfigs.Validate(Defaults, InternalTopics.ConfigsOf("__transaction_state", Defaults));
    }
}
