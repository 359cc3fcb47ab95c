using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class StartupRefusalsTests
{
    [Theory]
    [InlineData("authorizer.class.name=kafka.security.authorizer.AclAuthorizer")]
    [InlineData("process.roles=broker,controller")]
    [InlineData("zookeeper.connect=localhost:2181")]
    [InlineData("zookeeper.metadata.migration.enable=true")]
    [InlineData("create.topic.policy.class.name=a.B")]
    [InlineData("alter.config.policy.class.name=a.B")]
    [InlineData("client.quota.callback.class=a.B")]
    [InlineData("principal.builder.class=a.B")]
    [InlineData("remote.log.storage.system.enable=true")]
    [InlineData("security.inter.broker.protocol=SSL")]
    [InlineData("config.providers=file")]
    [InlineData("cordoned.log.dirs=*")]
    public void What_guards_or_changes_meaning_stops_the_start(string property)
    {
        string refusal = Assert.Throws<ConfigurationException>(() => BrokerConfigFile.Load(null, [property])).Message;
        Assert.StartsWith(property + ": ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Theory]
    [InlineData("authorizer.class.name=")]
    [InlineData("remote.log.storage.system.enable=false")]
    [InlineData("security.inter.broker.protocol=PLAINTEXT")]
    [InlineData("principal.builder.class=org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder")]
    public void What_asks_for_nothing_is_no_reason(string property) =>
        Assert.Empty(BrokerConfigFile.Load(null, [property]).Warnings);

    [Theory]
    [InlineData("num.io.threads=8", "num.io.threads is Kafka's, and has no effect in KLog")]
    [InlineData("group.share.max.size=8", "group.share.max.size is Kafka's, and has no effect in KLog")]
    [InlineData("listener.name.internal.ssl.keystore.location=x", "listener.name.internal.ssl.keystore.location is Kafka's, and has no effect in KLog")]
    [InlineData("listener.name.x.scram-sha-256.sasl.jaas.config=x", "listener.name.x.scram-sha-256.sasl.jaas.config is Kafka's, and has no effect in KLog")]
    [InlineData("log.retention.hour=1", "log.retention.hour is not a known property, and has no effect; is log.retention.hours meant?")]
    [InlineData("nub.partitions=1", "nub.partitions is not a known property, and has no effect; is num.partitions meant?")]
    [InlineData("my.own=1", "my.own is not a known property, and has no effect")]
    public void What_has_no_effect_is_said_in_one_line(string property, string warning) =>
        Assert.Equal(warning, Assert.Single(BrokerConfigFile.Load(null, [property]).Warnings));

    [Fact]
    public void Every_property_that_KLog_defines_is_one_of_Kafkas() =>
        Assert.All(BrokerDefinitions.All.Keys, name => Assert.True(KafkaNames.Knows(name) || name.StartsWith("klog.", StringComparison.Ordinal), name));

    [Fact]
    public void Every_default_is_valid() => Assert.All(BrokerDefinitions.All.Values, definition => definition.Parse(definition.Default));
}
