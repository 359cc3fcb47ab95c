using KLog.Broker.Configuration;
using KLog.Protocol;
using KLog.Protocol.Messages;
using DescribeResult = KLog.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResult;
using Entry = KLog.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult;

namespace KLog.Broker.Tests.Configuration;

public class DescribeConfigsTests : ConfigHandlersFixture
{
    private static string Text(Entry entry) =>
        $"{entry.Value} {(ConfigSource)entry.ConfigSource} [{string.Join(", ", entry.Synonyms.Select(each => $"{(ConfigSource)each.Source}:{each.Name}={each.Value}"))}]";

    [Theory]
    [InlineData("max.message.bytes", "1048588 Default [Default:message.max.bytes=1048588]")]
    [InlineData("retention.ms", "86400000 StaticBroker [StaticBroker:log.retention.hours=24, Default:log.retention.hours=168]")]
    [InlineData("remote.storage.enable", "false Default []")]
    public async Task A_topic_shows_where_its_values_come_from(string config, string expected) =>
        Assert.Equal(expected, Text(await EntryAsync(Topic, "orders", config)));

    [Fact]
    public async Task Every_layer_shows_the_strongest_first()
    {
        await AlterAsync(Broker, "", "log.retention.ms", "7000");
        await AlterAsync(Broker, "3", "log.retention.ms", "8000");
        await AlterAsync(Topic, "orders", "retention.ms", "9000");
        Assert.Equal(
            "9000 DynamicTopic [DynamicTopic:retention.ms=9000, DynamicBroker:log.retention.ms=8000, DynamicDefaultBroker:log.retention.ms=7000, "
            + "StaticBroker:log.retention.hours=24, Default:log.retention.hours=168]",
            Text(await EntryAsync(Topic, "orders", "retention.ms")));
        Assert.Equal(
            "8000 DynamicBroker [DynamicBroker:log.retention.ms=8000, DynamicDefaultBroker:log.retention.ms=7000, "
            + "StaticBroker:log.retention.hours=24, Default:log.retention.hours=168]",
            Text(await EntryAsync(Broker, "3", "log.retention.ms")));
        Assert.Equal("7000 DynamicDefaultBroker [DynamicDefaultBroker:log.retention.ms=7000]",
            Text(Assert.Single((await DescribeAsync(Broker, "")).Configs)));
    }

    [Theory]
    [InlineData("max.connections", false, "5 StaticBroker [StaticBroker:max.connections=5, Default:max.connections=2147483647]")]
    [InlineData("num.partitions", true, "1 Default [Default:num.partitions=1]")]
    [InlineData("broker.rack", true, " Default []")]
    [InlineData("offsets.topic.replication.factor", true, "1 Default [Default:offsets.topic.replication.factor=1]")]
    [InlineData("log.roll.ms", false, " Default []")]
    public async Task A_broker_shows_what_can_change(string config, bool readOnly, string expected)
    {
        Entry entry = await EntryAsync(Broker, "3", config);
        Assert.Equal((readOnly, expected), (entry.ReadOnly, Text(entry)));
        Assert.NotEmpty(entry.Documentation!);
    }

    [Theory]
    [InlineData("num.partitions", true)]
    [InlineData("max.connections", false)]
    public async Task Version_0_says_only_whether_it_is_the_default(string config, bool isDefault) =>
        Assert.Equal(isDefault, Assert.Single((await DescribeAsync(Broker, "3", 0, config)).Configs).IsDefault);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_version_can_be_sent(short version)
    {
        await DescribeAsync(Topic, "orders", version);
        await DescribeAsync(Broker, "3", version);
        await DescribeAsync(Broker, "", version);
        await DescribeAsync(Logger, "3", version);
        await DescribeAsync(Topic, "nosuch", version);
    }

    [Fact]
    public async Task Everything_is_told_without_names()
    {
        Assert.Equal(BrokerDefinitions.All.Keys, (await DescribeAsync(Broker, "3")).Configs.Select(entry => entry.Name));
        Assert.Equal(TopicDefinitions.All.Keys.Where(name => name != "internal.segment.bytes"), (await DescribeAsync(Topic, "orders")).Configs.Select(entry => entry.Name));
    }

    [Fact]
    public async Task An_unknown_name_is_left_out() => Assert.Empty((await DescribeAsync(Topic, "orders", 4, "no.such")).Configs);

    [Theory]
    [InlineData(Topic, "nosuch", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Topic, "bad/name", ErrorCode.InvalidTopicException)]
    [InlineData(Topic, "", ErrorCode.InvalidTopicException)]
    [InlineData(Broker, "99", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "abc", ErrorCode.InvalidRequest)]
    [InlineData(Logger, "", ErrorCode.InvalidRequest)]
    [InlineData(Logger, "99", ErrorCode.InvalidRequest)]
    [InlineData(Group, "", ErrorCode.InvalidRequest)]
    [InlineData((sbyte)0, "x", ErrorCode.InvalidRequest)]
    public async Task What_is_not_there_is_an_error(sbyte type, string name, ErrorCode error)
    {
        DescribeResult result = await DescribeAsync(type, name);
        Assert.Equal(error, result.ErrorCode);
        Assert.NotEmpty(result.ErrorMessage!);
        Assert.Empty(result.Configs);
    }

    [Fact]
    public async Task Loggers_show_their_levels()
    {
        DescribeResult result = await DescribeAsync(Logger, "3");
        Assert.Equal(["network=INFO", "network.listener=INFO", "root=INFO"], result.Configs.Select(entry => $"{entry.Name}={entry.Value}"));
        Assert.All(result.Configs, entry => Assert.Equal((sbyte)ConfigSource.DynamicBrokerLogger, entry.ConfigSource));
    }

    [Fact]
    public async Task Resources_are_listed()
    {
        Assert.Equal(["2:orders", "4:3", "8:3"], Listed(await ListAsync(1)));
        Assert.Equal(["4:3"], Listed(await ListAsync(1, Broker)));
        Assert.Empty(Listed(await ListAsync(1, 16, 32)));
        Assert.Empty(Listed(await ListAsync(0)));
        Assert.Equal(ErrorCode.UnsupportedVersion, (await ListAsync(1, Broker, 64)).ErrorCode);
    }

    private static IEnumerable<string> Listed(ListConfigResourcesResponse response) =>
        response.ConfigResources.Select(resource => $"{resource.ResourceType}:{resource.ResourceName}");
}
