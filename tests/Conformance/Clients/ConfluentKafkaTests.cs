using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Clients;

/// <summary>Confluent's .NET client on a recent librdkafka.</summary>
[Collection(WireCollection.Name)]
public sealed class ConfluentKafkaTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);
    private static readonly DateTime Start = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly BrokerUnderTest _broker;

    public ConfluentKafkaTests(BrokerUnderTest broker)
    {
        _broker = broker;
        if (Prerequisites.Missing(Program.Librdkafka) is null)
        {
            Librdkafka.Use();
        }
    }

    [NeedsTheory(Program.Librdkafka)]
    [InlineData(CompressionType.None, Acks.All, false)]
    [InlineData(CompressionType.Gzip, Acks.All, false)]
    [InlineData(CompressionType.Snappy, Acks.Leader, false)]
    [InlineData(CompressionType.Lz4, Acks.All, true)]
    [InlineData(CompressionType.Zstd, Acks.All, true)]
    public async Task What_is_produced_is_consumed(CompressionType codec, Acks acks, bool idempotent)
    {
        string topic = await CreateAsync(partitions: 1);
        ProducerConfig settings = new()
        {
            BootstrapServers = _broker.Address,
            CompressionType = codec,
            Acks = acks,
            EnableIdempotence = idempotent,
            LingerMs = 5,
        };
        using (IProducer<byte[]?, byte[]?> producer = new ProducerBuilder<byte[]?, byte[]?>(settings).Build())
        {
            Task<DeliveryResult<byte[]?, byte[]?>>[] deliveries =
                [.. Enumerable.Range(0, 500).Select(i => producer.ProduceAsync(new TopicPartition(topic, 0), Message(i)))];
            DeliveryResult<byte[]?, byte[]?>[] delivered = await Task.WhenAll(deliveries);
            Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), delivered.Select(d => d.Offset.Value));
        }

        using IConsumer<byte[]?, byte[]?> consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        for (int i = 0; i < 500; i++)
        {
            ConsumeResult<byte[]?, byte[]?> read = consumer.Consume(Wait);
            Message<byte[]?, byte[]?> sent = Message(i);
            Assert.Equal(i, read.Offset.Value);
            Assert.Equal(sent.Key, read.Message.Key);
            Assert.Equal(sent.Value, read.Message.Value);
            Assert.Equal(sent.Timestamp, read.Message.Timestamp);
            Assert.Equal(sent.Headers.Select(h => (h.Key, Text(h))), read.Message.Headers.Select(h => (h.Key, Text(h))));
        }

        Assert.True(consumer.Consume(Wait).IsPartitionEOF);
    }

    [NeedsFact(Program.Librdkafka)]
    public async Task Seek_watermarks_and_times()
    {
        string topic = await CreateAsync(partitions: 1);
        TopicPartition partition = new(topic, 0);
        using (IProducer<byte[]?, byte[]?> producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = _broker.Address }).Build())
        {
            for (int i = 0; i < 100; i++)
            {
                producer.Produce(partition, Message(i));
            }

            producer.Flush(Wait);
        }

        using IConsumer<byte[]?, byte[]?> consumer = Consumer();
        WatermarkOffsets watermarks = consumer.QueryWatermarkOffsets(partition, Wait);
        Assert.Equal((0, 100), (watermarks.Low.Value, watermarks.High.Value));
        TopicPartitionOffset at = consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(Start.AddSeconds(42)))], Wait).Single();
        Assert.Equal(42, at.Offset.Value);
        consumer.Assign(new TopicPartitionOffset(partition, 90));
        Assert.Equal(90, consumer.Consume(Wait).Offset.Value);
        consumer.Seek(new TopicPartitionOffset(partition, 5));
        Assert.Equal(5, consumer.Consume(Wait).Offset.Value);
        consumer.Pause([partition]);
        consumer.Resume([partition]);
        consumer.Seek(new TopicPartitionOffset(partition, Offset.End));
        Assert.True(consumer.Consume(Wait).IsPartitionEOF);
    }

    [NeedsFact(Program.Librdkafka)]
    public async Task Administration()
    {
        string topic = await CreateAsync(partitions: 2);
        using IAdminClient admin = Admin();
        CreateTopicsException twice = await Assert.ThrowsAsync<CreateTopicsException>(
            () => admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }]));
        Assert.Equal(ErrorCode.TopicAlreadyExists, twice.Results[0].Error.Code);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 4 }]);
        Assert.Equal(4, admin.GetMetadata(topic, Wait).Topics.Single().Partitions.Count);
        ConfigResource resource = new() { Type = ResourceType.Topic, Name = topic };
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [new ConfigEntry { Name = "retention.ms", Value = "12345", IncrementalOperation = AlterConfigOpType.Set }],
        });
        DescribeConfigsResult described = (await admin.DescribeConfigsAsync([resource])).Single();
        Assert.Equal("12345", described.Entries["retention.ms"].Value);
        DescribeTopicsResult topics = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]));
        Assert.Equal(4, topics.TopicDescriptions.Single().Partitions.Count);
        DescribeClusterResult cluster = await admin.DescribeClusterAsync();
        Assert.Equal(_broker.Port, cluster.Nodes.Single().Port);
        ListOffsetsResult offsets = await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, 0), OffsetSpec = OffsetSpec.Latest() }]);
        Assert.Equal(0, offsets.ResultInfos.Single().TopicPartitionOffsetError.Offset.Value);
        await admin.DeleteTopicsAsync([topic]);
    }

    private static string? Text(IHeader header) => header.GetValueBytes() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static Message<byte[]?, byte[]?> Message(int i) => new()
    {
        Key = i % 3 == 0 ? null : Encoding.UTF8.GetBytes($"key {i}"),
        Value = i % 5 == 1 ? null : Encoding.UTF8.GetBytes($"value {i} {new string('y', i)}"),
        Timestamp = new Timestamp(Start.AddSeconds(i)),
        Headers = i % 2 == 0 ? [] : new Headers { { "a", Encoding.UTF8.GetBytes($"{i}") }, { "b", null } },
    };

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _broker.Address }).Build();

    private IConsumer<byte[]?, byte[]?> Consumer() => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
    {
        BootstrapServers = _broker.Address,
        GroupId = "not-used",
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Error, // a reset would skip records: it must show, with its reason
        EnablePartitionEof = true,
        CheckCrcs = true,
    }).Build();

    private async Task<string> CreateAsync(int partitions)
    {
        string topic = $"confluent-{Guid.NewGuid():N}";
        using IAdminClient admin = Admin();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
        return topic;
    }
}
