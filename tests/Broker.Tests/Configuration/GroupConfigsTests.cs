using KLog.Broker.Configuration;
using KLog.Broker.Groups;
using KLog.Coordination.Registries;
using KLog.Protocol.Messages;
using Entry = KLog.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult;

namespace KLog.Broker.Tests.Configuration;

public class GroupConfigsTests : ConfigHandlersFixture
{
    private const string Session = "consumer.session.timeout.ms";
    private const string Heartbeat = "consumer.heartbeat.interval.ms";

    [Fact]
    public async Task A_groups_own_are_in_force_and_outlive_a_restart()
    {
        Assert.Equal("ok", await AlterAsync(Group, "g/1", Session, "50000"));
        Assert.Equal("ok", await AlterAsync(Group, "g/1", Heartbeat, "6000"));
        Assert.Equal((50_000, 6_000), InForce("g/1"));
        Assert.Equal((45_000, 5_000), InForce("other"));
        await RestartAsync();
        Assert.Equal((50_000, 6_000), InForce("g/1"));
        Assert.Equal(["g/1"], Groups.Groups);
        Assert.Equal("ok", await AlterAsync(Group, "g/1", Session, null, ConfigOperation.Delete));
        Assert.Equal((45_000, 6_000), InForce("g/1"));
        Assert.Equal("ok", await ReplaceAsync(Group, "g/1", (Session, "60000")));
        Assert.Equal((60_000, 5_000), InForce("g/1"));
        Assert.Equal("ok", await ReplaceAsync(Group, "g/1"));
        Assert.Equal((45_000, 5_000), InForce("g/1"));
        Assert.Empty(Groups.Groups);
        await RestartAsync();
        Assert.Empty(Groups.Groups);
    }

    [Theory]
    [InlineData("1000", 45_000)]
    [InlineData("100000", 60_000)]
    [InlineData("abc", 45_000)]
    public async Task What_another_broker_has_left_is_kept_within_this_ones_limits(string value, int inForce)
    {
        await Registry.SetAsync(ConfigRegistry.Groups, "g", new Dictionary<string, string> { [Session] = value, ["streams.new"] = "1" });
        await RestartAsync();
        Assert.Equal((inForce, 5_000), InForce("g"));
        Assert.DoesNotContain((await DescribeAsync(Group, "g")).Configs, entry => entry.Name == "streams.new");
    }

    [Theory]
    [InlineData(Session, "1000", ConfigOperation.Set, "InvalidConfig: consumer.session.timeout.ms=1000: must be at least group.consumer.min.session.timeout.ms of the broker (45000)")]
    [InlineData(Session, "60001", ConfigOperation.Set, "InvalidConfig: consumer.session.timeout.ms=60001: must be at most group.consumer.max.session.timeout.ms of the broker (60000)")]
    [InlineData(Heartbeat, "1", ConfigOperation.Set, "InvalidConfig: consumer.heartbeat.interval.ms=1: must be at least group.consumer.min.heartbeat.interval.ms of the broker (5000)")]
    [InlineData(Heartbeat, "15001", ConfigOperation.Set, "InvalidConfig: consumer.heartbeat.interval.ms=15001: must be at most group.consumer.max.heartbeat.interval.ms of the broker (15000)")]
    [InlineData(Session, "abc", ConfigOperation.Set, "InvalidConfig: consumer.session.timeout.ms=abc: must be a whole number")]
    [InlineData(Session, "0", ConfigOperation.Set, "InvalidConfig: consumer.session.timeout.ms=0: must be at least 1")]
    [InlineData(Session, "5", ConfigOperation.Append, "InvalidConfig: consumer.session.timeout.ms=5: is no list")]
    [InlineData("consumer.session.timeout", "1", ConfigOperation.Set, "InvalidConfig: consumer.session.timeout=1: there is no such group config; is consumer.session.timeout.ms meant?")]
    [InlineData("share.auto.offset.reset", "bad", ConfigOperation.Set, "InvalidConfig: share.auto.offset.reset=bad: must be earliest, latest")]
    [InlineData("share.auto.offset.reset", "by_duration:PT1H", ConfigOperation.Set, "ok")]
    [InlineData("share.isolation.level", "x", ConfigOperation.Set, "InvalidConfig: share.isolation.level=x: must be one of read_committed, read_uncommitted")]
    [InlineData("streams.num.standby.replicas", "2", ConfigOperation.Set, "ok")]
    [InlineData("consumer.assignment.interval.ms", "2000", ConfigOperation.Set, "ok")]
    public async Task A_bad_config_is_refused(string config, string value, ConfigOperation operation, string expected)
    {
        Assert.StartsWith(expected, await AlterAsync(Group, "g", config, value, operation), StringComparison.Ordinal);
        Assert.Equal(expected == "ok" ? 1 : 0, Groups.Of("g").Count);
    }

    [Fact]
    public async Task All_groups_together_have_none() =>
        Assert.StartsWith("InvalidRequest: there are no configs for all groups", await AlterAsync(Group, "", Session, "50000"), StringComparison.Ordinal);

    [Fact]
    public async Task What_is_only_validated_does_not_change()
    {
        Assert.Equal("ok", await AlterAsync(Group, "g", Session, "50000", validateOnly: true));
        Assert.Equal((45_000, 5_000), InForce("g"));
    }

    [Fact]
    public void A_heartbeat_must_come_within_the_session()
    {
        BrokerConfig broker = BrokerConfigFile.Load(null, ["group.consumer.min.session.timeout.ms=6000"]).Config;
        Dictionary<string, string> configs = new() { [Session] = "6000", [Heartbeat] = "6000" };
        InvalidConfigException mistake = Assert.Throws<InvalidConfigException>(() => GroupConfigs.Validate(broker, configs));
        Assert.Equal("consumer.session.timeout.ms=6000: must be more than consumer.heartbeat.interval.ms (6000)", mistake.Message);
    }

    [Fact]
    public async Task Kafkas_configs_are_shown_with_where_they_come_from()
    {
        await AlterAsync(Group, "g", Session, "50000");
        await AlterAsync(Group, "g", "share.isolation.level", "read_committed");
        Assert.Equal("50000 DynamicGroup [DynamicGroup:consumer.session.timeout.ms=50000, Default:group.consumer.session.timeout.ms=45000]", await TextAsync(Session));
        Assert.Equal("5000 Default [Default:group.consumer.heartbeat.interval.ms=5000]", await TextAsync(Heartbeat));
        Assert.Equal("1000 Default [Default:group.consumer.assignment.interval.ms=1000]", await TextAsync("consumer.assignment.interval.ms"));
        Assert.Equal("read_committed DynamicGroup [DynamicGroup:share.isolation.level=read_committed, Default:share.isolation.level=read_uncommitted]", await TextAsync("share.isolation.level"));
        Assert.Equal(17, (await DescribeAsync(Group, "nosuch")).Configs.Length);
        await DescribeAsync(Group, "g", version: 0);
    }

    [Fact]
    public async Task Groups_that_have_configs_are_listed()
    {
        await AlterAsync(Group, "g", Session, "50000");
        ListConfigResourcesResponse response = await ListAsync(1, Group);
        Assert.Equal("g", Assert.Single(response.ConfigResources).ResourceName);
        Assert.Contains((await ListAsync(1)).ConfigResources, resource => resource.ResourceType == Group);
    }

    private (int, int) InForce(string group)
    {
        ConsumerGroupSettings settings = Groups.For(group);
        return (settings.SessionTimeoutMs, settings.HeartbeatIntervalMs);
    }

    private async Task<string> TextAsync(string config)
    {
        Entry entry = await EntryAsync(Group, "g", config);
        Assert.False(entry.ReadOnly);
        return $"{entry.Value} {(ConfigSource)entry.ConfigSource} [{string.Join(", ", entry.Synonyms.Select(each => $"{(ConfigSource)each.Source}:{each.Name}={each.Value}"))}]";
    }
}
