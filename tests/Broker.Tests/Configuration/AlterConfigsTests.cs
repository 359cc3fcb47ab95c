using KLog.Broker.Configuration;
using KLog.Broker.Storage;
using KLog.Coordination.Registries;
using Incremental = KLog.Protocol.Messages.IncrementalAlterConfigsRequest.AlterConfigsResource;

namespace KLog.Broker.Tests.Configuration;

public class AlterConfigsTests : ConfigHandlersFixture
{
    [Fact]
    public async Task A_topics_config_reaches_its_log()
    {
        Assert.Equal("ok", await AlterAsync(Topic, "orders", "max.message.bytes", "77"));
        Assert.Equal("ok", await AlterAsync(Topic, "orders", "cleanup.policy", "compact", ConfigOperation.Append));
        Assert.Equal(77, LogConfig.MaxMessageBytes);
        Assert.Equal(CleanupPolicy.Delete | CleanupPolicy.Compact, LogConfig.CleanupPolicy);
        Assert.Equal("ok", await AlterAsync(Topic, "orders", "max.message.bytes", null, ConfigOperation.Delete));
        Assert.Equal(1048588, LogConfig.MaxMessageBytes);
    }

    [Fact]
    public async Task A_brokers_property_reaches_every_log_and_outlives_a_restart()
    {
        Assert.Equal("ok", await AlterAsync(Broker, "3", "message.max.bytes", "2000"));
        Assert.Equal("ok", await AlterAsync(Broker, "", "log.retention.ms", "3000"));
        Assert.Equal((2000, 3000L), (LogConfig.MaxMessageBytes, LogConfig.RetentionMs));
        Assert.Equal(2000, Live.Current.MessageMaxBytes);
        await RestartAsync();
        Assert.Equal(2000, Live.Current.MessageMaxBytes);
        Assert.Equal("ok", await AlterAsync(Broker, "3", "message.max.bytes", "x", ConfigOperation.Delete));
        Assert.Equal(1048588, Live.Current.MessageMaxBytes);
    }

    [Fact]
    public async Task What_is_only_validated_does_not_change()
    {
        Assert.Equal("ok", await AlterAsync(Topic, "orders", "max.message.bytes", "77", validateOnly: true));
        Assert.Equal("ok", await AlterAsync(Broker, "3", "message.max.bytes", "77", validateOnly: true));
        Assert.Equal("ok", await AlterAsync(Logger, "3", "network", "DEBUG", validateOnly: true));
        Assert.StartsWith("InvalidConfig", await AlterAsync(Topic, "orders", "max.message.bytes", "-1", validateOnly: true), StringComparison.Ordinal);
        Assert.Equal(1048588, LogConfig.MaxMessageBytes);
        Assert.Equal("INFO", (await EntryAsync(Logger, "3", "network")).Value);
        Assert.Empty(await Registry.GetAsync(ConfigRegistry.Topics, "orders"));
    }

    [Theory]
    [InlineData(Topic, "orders", "retention.ms", "-2", ConfigOperation.Set, "InvalidConfig: retention.ms=-2: must be at least -1")]
    [InlineData(Topic, "orders", "nope", "1", ConfigOperation.Set, "InvalidConfig: nope=1: there is no such topic config")]
    [InlineData(Topic, "orders", "nope", "1", ConfigOperation.Delete, "ok")]
    [InlineData(Topic, "orders", "retention.ms", "1", ConfigOperation.Append, "InvalidConfig: retention.ms=1: is no list")]
    [InlineData(Topic, "orders", "cleanup.policy", "burn", ConfigOperation.Append, "InvalidConfig: cleanup.policy=delete,burn: must be a list")]
    [InlineData(Topic, "orders", "retention.ms", null, ConfigOperation.Set, "InvalidRequest: retention.ms needs a value")]
    [InlineData(Topic, "orders", "retention.ms", "1", (ConfigOperation)9, "InvalidRequest: retention.ms: there is no operation 9")]
    [InlineData(Topic, "", "retention.ms", "1", ConfigOperation.Set, "InvalidRequest: there are no configs for all topics")]
    [InlineData(Topic, "nosuch", "retention.ms", "1", ConfigOperation.Set, "UnknownTopicOrPartition: there is no topic nosuch")]
    [InlineData(Broker, "3", "num.partitions", "8", ConfigOperation.Set, "InvalidRequest: num.partitions=8: cannot change while the broker runs")]
    [InlineData(Broker, "", "num.partitions", "8", ConfigOperation.Set, "InvalidRequest: num.partitions=8: cannot change while the broker runs")]
    [InlineData(Broker, "3", "metric.reporters", "a.B", ConfigOperation.Set, "InvalidRequest: metric.reporters=a.B: has no effect in KLog")]
    [InlineData(Broker, "3", "log.retention.m", "8", ConfigOperation.Set, "InvalidRequest: log.retention.m=8: there is no such property; is log.retention.ms meant?")]
    [InlineData(Broker, "3", "max.connections", "-1", ConfigOperation.Set, "InvalidRequest: max.connections=-1: must be at least 0")]
    [InlineData(Broker, "3", "max.connections.per.ip.overrides", "localhost", ConfigOperation.Set, "InvalidRequest: max.connections.per.ip.overrides=localhost: must be host:count")]
    [InlineData(Broker, "3", "num.partitions", null, ConfigOperation.Delete, "ok")]
    [InlineData(Broker, "99", "max.connections", "1", ConfigOperation.Set, "InvalidRequest: this is broker 3, not '99'")]
    [InlineData(Broker, "abc", "max.connections", "1", ConfigOperation.Set, "InvalidRequest: this is broker 3, not 'abc'")]
    [InlineData(Logger, "3", "nope", "DEBUG", ConfigOperation.Set, "InvalidConfig: there is no logger nope")]
    [InlineData(Logger, "3", "nope", null, ConfigOperation.Delete, "InvalidConfig: there is no logger nope")]
    [InlineData(Logger, "3", "network", "LOUD", ConfigOperation.Set, "InvalidConfig: network=LOUD: must be one of TRACE")]
    [InlineData(Logger, "3", "network", "DEBUG", ConfigOperation.Append, "InvalidRequest: network: a level can be set or deleted only")]
    [InlineData(Logger, "3", "root", null, ConfigOperation.Delete, "InvalidRequest: the root logger needs a level")]
    [InlineData(Logger, "", "network", "DEBUG", ConfigOperation.Set, "InvalidRequest: this is broker 3, not ''")]
    [InlineData((sbyte)16, "m", "x", "1", ConfigOperation.Set, "InvalidRequest: resources of type 16 have no configs in this broker")]
    public async Task A_change_that_cannot_be_is_refused_as_Kafka_does(sbyte type, string name, string config, string? value, ConfigOperation operation, string expected) =>
        Assert.StartsWith(expected, await AlterAsync(type, name, config, value, operation), StringComparison.Ordinal);

    [Fact]
    public async Task A_resource_is_altered_as_a_whole_or_not_at_all()
    {
        Incremental half = new()
        {
            ResourceType = Topic,
            ResourceName = "orders",
            Configs = [new() { Name = "max.message.bytes", Value = "77" }, new() { Name = "segment.bytes", Value = "1" }],
        };
        Assert.StartsWith("InvalidConfig: segment.bytes", (await IncrementalAsync(false, half))[0], StringComparison.Ordinal);
        Assert.Equal(1048588, LogConfig.MaxMessageBytes);
    }

    [Fact]
    public async Task What_is_named_twice_is_refused()
    {
        Incremental resource = new() { ResourceType = Topic, ResourceName = "orders", Configs = [new() { Name = "segment.ms", Value = "77" }] };
        Assert.StartsWith("InvalidRequest", Assert.Single(await IncrementalAsync(false, resource, resource)), StringComparison.Ordinal);
        resource.Configs = [.. resource.Configs, .. resource.Configs];
        Assert.StartsWith("InvalidRequest", Assert.Single(await IncrementalAsync(false, resource)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_older_request_replaces_everything()
    {
        await AlterAsync(Topic, "orders", "max.message.bytes", "77");
        Assert.Equal("ok", await ReplaceAsync(Topic, "orders", ("segment.bytes", "1000")));
        Assert.Equal((1048588, 1000), (LogConfig.MaxMessageBytes, LogConfig.SegmentBytes));
        await AlterAsync(Broker, "3", "max.connections", "7");
        Assert.Equal("ok", await ReplaceAsync(Broker, "3", ("message.max.bytes", "1000")));
        Assert.Equal((5, 1000), (Live.Current.MaxConnections, Live.Current.MessageMaxBytes));
        Assert.StartsWith("InvalidConfig", await ReplaceAsync(Topic, "orders", ("nope", "1")), StringComparison.Ordinal);
        Assert.StartsWith("InvalidRequest", await ReplaceAsync(Topic, "orders", ("segment.bytes", null)), StringComparison.Ordinal);
        Assert.StartsWith("InvalidRequest", await ReplaceAsync(Logger, "3", ("network", "INFO")), StringComparison.Ordinal);
        Assert.StartsWith("UnknownTopicOrPartition", await ReplaceAsync(Topic, "nosuch"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logger_is_set_and_falls_back()
    {
        Assert.Equal("ok", await AlterAsync(Logger, "3", "network", "debug"));
        Assert.Equal("DEBUG", (await EntryAsync(Logger, "3", "network.listener")).Value);
        Assert.Equal("ok", await AlterAsync(Logger, "3", "network", null, ConfigOperation.Delete));
        Assert.Equal("INFO", (await EntryAsync(Logger, "3", "network.listener")).Value);
    }

    [Fact]
    public async Task What_a_Kafka_broker_left_in_the_tree_does_no_harm()
    {
        await Registry.SetAsync(ConfigRegistry.Brokers, "3", new Dictionary<string, string> { ["num.replica.fetchers"] = "2", ["max.connections"] = "9", ["log.roll.ms"] = "never" });
        await Registry.SetAsync(ConfigRegistry.Topics, "orders", new Dictionary<string, string> { ["of.another.version"] = "2", ["segment.bytes"] = "1000" });
        await RestartAsync();
        Assert.Equal(9, Live.Current.MaxConnections);
        Assert.Equal("ok", await AlterAsync(Broker, "3", "max.connections", "8"));
        Assert.Equal(8, Live.Current.MaxConnections);
        Assert.Equal(1000, LogConfig.SegmentBytes);
    }
}
