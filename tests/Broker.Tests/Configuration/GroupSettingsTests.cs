using KLog.Broker.Configuration;
using KLog.Broker.Groups;

namespace KLog.Broker.Tests.Configuration;

public class GroupSettingsTests
{
    [Fact]
    public void Defaults_are_the_settings_own()
    {
        GroupSettings settings = From();
        GroupSettings expected = new();
        Assert.Equal(expected.Consumer.Assignors, settings.Consumer.Assignors);
        Assert.Equal(expected, settings with { Consumer = expected.Consumer });
        Assert.Equal(expected.Consumer, settings.Consumer with { Assignors = expected.Consumer.Assignors });
    }

    [Fact]
    public void Every_property_is_read()
    {
        GroupSettings settings = From(
            "group.min.session.timeout.ms=1", "group.max.session.timeout.ms=2", "group.initial.rebalance.delay.ms=0", "group.max.size=4",
            "offset.metadata.max.bytes=5", "offsets.retention.minutes=2147483647", "offsets.retention.check.interval.ms=7", "offsets.commit.timeout.ms=8",
            "group.consumer.session.timeout.ms=100", "group.consumer.min.session.timeout.ms=90", "group.consumer.max.session.timeout.ms=110",
            "group.consumer.heartbeat.interval.ms=10", "group.consumer.min.heartbeat.interval.ms=9", "group.consumer.max.heartbeat.interval.ms=11",
            "group.consumer.max.size=12", "group.consumer.assignors=range", "group.consumer.migration.policy=Upgrade",
            "group.coordinator.rebalance.protocols=classic");
        string[] assignors = ["range"];
        Assert.Equal(assignors, settings.Consumer.Assignors);
        GroupSettings expected = new()
        {
            MinSessionTimeoutMs = 1,
            MaxSessionTimeoutMs = 2,
            InitialRebalanceDelayMs = 0,
            MaxSize = 4,
            OffsetMetadataMaxBytes = 5,
            OffsetsRetentionMs = int.MaxValue * 60_000L,
            OffsetsRetentionCheckIntervalMs = 7,
            OffsetsCommitTimeoutMs = 8,
            Consumer = new()
            {
                IsEnabled = false,
                SessionTimeoutMs = 100,
                SessionTimeoutRangeMs = (90, 110),
                HeartbeatIntervalMs = 10,
                HeartbeatIntervalRangeMs = (9, 11),
                MaxSize = 12,
                Assignors = settings.Consumer.Assignors,
                MigrationPolicy = GroupMigrationPolicy.Upgrade,
            },
        };
        Assert.Equal(expected, settings);
    }

    [Fact]
    public void Kafkas_own_assignors_may_be_named_by_class()
    {
        const string package = "org.apache.kafka.coordinator.group.assignor.";
        Assert.Equal(["uniform", "range"], From($"group.consumer.assignors={package}UniformAssignor,{package}RangeAssignor").Consumer.Assignors);
    }

    [Theory]
    [InlineData("group.consumer.heartbeat.interval.ms=4999: must be at least group.consumer.min.heartbeat.interval.ms (5000); lower that too", "group.consumer.heartbeat.interval.ms=4999")]
    [InlineData("group.consumer.heartbeat.interval.ms=15001: must be at most group.consumer.max.heartbeat.interval.ms (15000); raise that too", "group.consumer.heartbeat.interval.ms=15001")]
    [InlineData("group.consumer.session.timeout.ms=44999: must be at least group.consumer.min.session.timeout.ms (45000); lower that too", "group.consumer.session.timeout.ms=44999")]
    [InlineData("group.consumer.max.session.timeout.ms=44999: must be at least group.consumer.min.session.timeout.ms (45000)", "group.consumer.max.session.timeout.ms=44999")]
    [InlineData("group.consumer.heartbeat.interval.ms=45000: must be less than group.consumer.session.timeout.ms (45000)", "group.consumer.heartbeat.interval.ms=45000", "group.consumer.max.heartbeat.interval.ms=45000")]
    [InlineData("group.consumer.assignors=com.my.Assignor: must be a list of uniform, range; KLog cannot load a Java class", "group.consumer.assignors=com.my.Assignor")]
    [InlineData("group.consumer.assignors=: must be a list of uniform, range", "group.consumer.assignors=")]
    [InlineData("group.consumer.assignors=range,org.apache.kafka.coordinator.group.assignor.RangeAssignor: must be a list of uniform, range", "group.consumer.assignors=range,org.apache.kafka.coordinator.group.assignor.RangeAssignor")]
    [InlineData("group.consumer.migration.policy=2: must be one of disabled, upgrade, downgrade, bidirectional", "group.consumer.migration.policy=2")]
    [InlineData("group.coordinator.rebalance.protocols=consumer: must be a list of classic", "group.coordinator.rebalance.protocols=consumer")]
    [InlineData("group.coordinator.rebalance.protocols=classic,nope: must be a list of classic", "group.coordinator.rebalance.protocols=classic,nope")]
    [InlineData("group.max.size=0: must be at least 1", "group.max.size=0")]
    [InlineData("offsets.retention.minutes=0: must be at least 1", "offsets.retention.minutes=0")]
    [InlineData("offsets.commit.timeout.ms=0: must be at least 1", "offsets.commit.timeout.ms=0")]
    public void A_bad_property_is_named_with_what_would_be_right(string expected, params string[] properties)
    {
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => BrokerConfigFile.Load(null, properties));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Protocols_that_are_not_there_are_passed_over_with_a_warning()
    {
        (BrokerConfig config, IReadOnlyList<string> warnings) = BrokerConfigFile.Load(null, ["group.coordinator.rebalance.protocols=classic,consumer,streams"]);
        Assert.True(config.Groups.Consumer.IsEnabled);
        Assert.Equal("group.coordinator.rebalance.protocols names streams, which is Kafka's, and has no effect in KLog", Assert.Single(warnings));
        Assert.Empty(BrokerConfigFile.Load(null, ["group.coordinator.rebalance.protocols=classic"]).Warnings);
    }

    [Theory]
    [InlineData("offsets.load.buffer.size")]
    [InlineData("offsets.commit.required.acks")]
    [InlineData("group.coordinator.new.enable")]
    [InlineData("group.coordinator.threads")]
    [InlineData("group.coordinator.append.linger.ms")]
    [InlineData("group.consumer.assignment.interval.ms")]
    [InlineData("group.coordinator.cached.buffer.max.bytes")]
    public void What_KLog_has_no_use_for_is_warned_about(string name) =>
        Assert.Equal($"{name} is Kafka's, and has no effect in KLog", Assert.Single(BrokerConfigFile.Load(null, [$"{name}=600000"]).Warnings));

    private static GroupSettings From(params string[] properties) => BrokerConfigFile.Load(null, properties).Config.Groups;
}
