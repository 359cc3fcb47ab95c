using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public sealed class BrokerConfigFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    private (BrokerConfig Config, IReadOnlyList<string> Warnings) Load(string text, params string[] overrides)
    {
        File.WriteAllText(_path, text);
        return BrokerConfigFile.Load(_path, overrides);
    }

    private string Refusal(string text, params string[] overrides) =>
        Assert.Throws<ConfigurationException>(() => Load(text, overrides)).Message;

    [Fact]
    public void Without_a_file_a_broker_can_be_tried()
    {
        (BrokerConfig config, IReadOnlyList<string> warnings) = BrokerConfigFile.Load(null, []);
        Assert.Empty(warnings);
        Assert.Equal(new ListenerAddress("PLAINTEXT", "localhost", 9092), Assert.Single(config.Listeners));
        Assert.Equal(config.Listeners, config.AdvertisedListeners);
        Assert.Equal(["./data"], config.LogDirs);
        Assert.Equal(0, config.BrokerId);
        Assert.True(config.AutoCreateTopicsEnable);
        Assert.Equal(1, config.OffsetsTopicReplicationFactor);
    }

    [Fact]
    public void A_file_without_names_means_what_it_means_to_Kafka()
    {
        BrokerConfig config = Load("").Config;
        Assert.Equal(new ListenerAddress("PLAINTEXT", "", 9092), Assert.Single(config.Listeners));
        Assert.Equal(["/tmp/kafka-logs"], config.LogDirs);
        Assert.Equal(-1, config.BrokerId);
        Assert.Equal(104857600, config.SocketRequestMaxBytes);
        Assert.Equal(57671680, config.FetchMaxBytes);
        Assert.Equal(1, config.NumPartitions);
    }

    [Fact]
    public void An_override_wins_over_the_file_and_the_last_over_those_before()
    {
        BrokerConfig config = Load("num.partitions=2\nbroker.id=7", "num.partitions=3", "num.partitions = 4").Config;
        Assert.Equal(4, config.NumPartitions);
        Assert.Equal(7, config.BrokerId);
    }

    [Fact]
    public void An_override_without_a_file_keeps_the_defaults_of_no_file() =>
        Assert.Equal(["./data"], BrokerConfigFile.Load(null, ["num.partitions=3"]).Config.LogDirs);

    [Theory]
    [InlineData("num.partitions")]
    [InlineData("=3")]
    public void An_override_that_is_none_is_refused(string text) => Assert.Contains("name=value", Refusal("", text), StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Equal("/nowhere/server.properties: there is no such file",
            Assert.Throws<ConfigurationException>(() => BrokerConfigFile.Load("/nowhere/server.properties", [])).Message);

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        string refusal = Refusal("num.partitions=0\nmessage.max.bytes=many\ncompression.type=rar\nlog.cleanup.policy=delete,burn\nauto.create.topics.enable=yes");
        Assert.Equal(
            """
            auto.create.topics.enable=yes: must be true or false (default: true)
            compression.type=rar: must be one of uncompressed, zstd, lz4, snappy, gzip, producer (default: producer)
            log.cleanup.policy=delete,burn: must be a list of compact, delete (default: delete)
            message.max.bytes=many: must be a whole number between -2147483648 and 2147483647 (default: 1048588)
            num.partitions=0: must be at least 1 (default: 1)
            """, string.Join('\n', refusal.Split('\n').Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("log.dirs=/a, /b", "/a|/b")]
    [InlineData("log.dir=/a", "/a")]
    [InlineData("log.dir=/a\nlog.dirs=/b", "/b")]
    public void The_data_folders(string text, string expected) => Assert.Equal(expected, string.Join('|', Load(text).Config.LogDirs));

    [Theory]
    [InlineData("broker.id=3", 3)]
    [InlineData("node.id=4", 4)]
    [InlineData("broker.id=4\nnode.id=4", 4)]
    public void The_brokers_number(string text, int expected) => Assert.Equal(expected, Load(text).Config.BrokerId);

    [Theory]
    [InlineData("broker.id=3\nnode.id=4", "node.id=4: differs from broker.id=3")]
    [InlineData("queued.max.request.bytes=1000", "must be at least socket.request.max.bytes (104857600)")]
    [InlineData("log.dirs=/a,/a", "log.dirs=/a,/a: names a folder twice")]
    [InlineData("log.dirs=\nlog.dir=", "needs at least one folder")]
    [InlineData("max.connections.per.ip.overrides=localhost", "host:count pairs")]
    [InlineData("log.retention.hours=0", "must be at least 1, or -1")]
    [InlineData("broker.id=\\u12", "line 1: \\u needs four hexadecimal digits")]
    public void What_does_not_fit_together_is_refused(string text, string expected) =>
        Assert.Contains(expected, Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void Connection_overrides_take_IPv6_addresses() =>
        Assert.Equal(new Dictionary<string, int> { ["localhost"] = 5, ["::1"] = 6 },
            Load("max.connections.per.ip.overrides=localhost:5,[::1]:6").Config.MaxConnectionsPerIpOverrides);
}
