using System.Text;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;

namespace KLog.Conformance.Wire;

/// <summary>Ready-made batches and the requests that carry them.</summary>
internal static class Batches
{
    /// <summary>A batch of records "v0", "v1", … with the times given, or now.</summary>
    public static byte[] Of(
        int count,
        CompressionType compression = CompressionType.None,
        long? timeMs = null,
        long producerId = -1,
        short producerEpoch = -1,
        int baseSequence = -1,
        int valueLength = 0)
    {
        using RecordBatchBuilder builder = new(compression)
        {
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            BaseSequence = baseSequence,
        };
        for (int i = 0; i < count; i++)
        {
            builder.Append(timeMs ?? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), "k"u8.ToArray(), Value(i, valueLength));
        }

        return builder.ToArray();
    }

    public static ProduceRequest Produce(Topic topic, byte[] batches, short acks = -1, int partition = 0) => new()
    {
        Acks = acks,
        TimeoutMs = 10_000,
        TopicData =
        [
            new()
            {
                Name = topic.Name,
                TopicId = topic.Id,
                PartitionData = [new() { Index = partition, Records = new KLog.Protocol.Wire.Records(batches) }],
            },
        ],
    };

    public static FetchRequest Fetch(Topic topic, long offset, int maxBytes = 1 << 20, int partition = 0) => new()
    {
        MaxWaitMs = 500,
        MinBytes = 1,
        MaxBytes = 50 << 20,
        Topics =
        [
            new()
            {
                Topic = topic.Name,
                TopicId = topic.Id,
                Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxBytes }],
            },
        ],
    };

    /// <summary>The batches in a response's records, each checked for its CRC.</summary>
    public static List<byte[]> Split(KLog.Protocol.Wire.Records? records)
    {
        List<byte[]> batches = [];
        ReadOnlySpan<byte> bytes = (records ?? KLog.Protocol.Wire.Records.Empty).Bytes.Span;
        BatchSplitter splitter = new(bytes);
        while (splitter.MoveNext())
        {
            Assert.True(splitter.Current.IsCrcValid());
            batches.Add(bytes[splitter.Position..splitter.NextPosition].ToArray());
        }

        return batches;
    }

    /// <summary>All records' offsets, batch by batch.</summary>
    public static long[] Offsets(KLog.Protocol.Wire.Records? records) =>
    [
        .. Split(records).SelectMany(batch =>
        {
            RecordBatchView view = new(batch);
            long first = view.BaseOffset;
            return Enumerable.Range(0, view.RecordCount).Select(i => first + i);
        }),
    ];

    private static byte[] Value(int i, int length)
    {
        byte[] value = Encoding.UTF8.GetBytes($"v{i}");
        if (length > 0)
        {
            value = new byte[length];
            new Random(i).NextBytes(value);
        }

        return value;
    }
}

/// <summary>A topic that a test made for itself.</summary>
internal sealed record Topic(string Name, Guid Id)
{
    /// <summary>A topic as another one would name it that does not exist.</summary>
    public static Topic Unknown => new("no-such-topic", new Guid("01020304-0506-0708-090a-0b0c0d0e0f10"));

    /// <summary>Makes a topic with a name of its own and waits until the broker leads it.</summary>
    public static async Task<Topic> CreateAsync(WireClient client, int partitions = 1, params (string Name, string Value)[] configs)
    {
        string name = $"wire-{Guid.NewGuid():N}";
        CreateTopicsResponse created = await client.SendAsync(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new()
                    {
                        Name = name,
                        NumPartitions = partitions,
                        ReplicationFactor = 1,
                        Configs = [.. configs.Select(c => new CreateTopicsRequest.CreatableTopic.CreatableTopicConfig { Name = c.Name, Value = c.Value })],
                    },
                ],
                TimeoutMs = 10_000,
            },
            7);
        Assert.Equal(ErrorCode.None, created.Topics[0].ErrorCode);
        Topic topic = new(name, created.Topics[0].TopicId);
        await topic.AwaitLeadersAsync(client, partitions);
        return topic;
    }

    /// <summary>Kafka answers a creation before its broker leads the partitions.</summary>
    private async Task AwaitLeadersAsync(WireClient client, int partitions)
    {
        for (long end = Environment.TickCount64 + 20_000; Environment.TickCount64 < end; await Task.Delay(20))
        {
            bool led = true;
            for (int partition = 0; partition < partitions && led; partition++)
            {
                FetchRequest request = Batches.Fetch(this, 0, partition: partition);
                request.MaxWaitMs = 0;
                FetchResponse response = await client.SendAsync(request, 13);
                led = response.ErrorCode == ErrorCode.None
                    && response.Responses[0].Partitions[0].ErrorCode == ErrorCode.None;
            }

            if (led)
            {
                return;
            }
        }

        Assert.Fail($"the partitions of {Name} got no leader");
    }
}
