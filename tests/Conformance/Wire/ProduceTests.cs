using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;
using PartitionResponse = KLog.Protocol.Messages.ProduceResponse.TopicProduceResponse.PartitionProduceResponse;

namespace KLog.Conformance.Wire;

/// <summary>What a produce is answered: each batch that must be refused, by the error that Kafka gives.</summary>
[Collection(WireCollection.Name)]
public sealed class ProduceTests(BrokerUnderTest broker)
{
    private const short Version = 9;

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Offsets_are_given_in_order(CompressionType compression)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        Assert.Equal(0, (await ProduceAsync(client, topic, Batches.Of(10, compression))).BaseOffset);
        PartitionResponse second = await ProduceAsync(client, topic, Batches.Of(3, compression));
        Assert.Equal((ErrorCode.None, 10L, -1L, 0L), (second.ErrorCode, second.BaseOffset, second.LogAppendTimeMs, second.LogStartOffset));
        FetchResponse read = await client.SendAsync(Batches.Fetch(topic, 0), 13);
        Assert.Equal(Enumerable.Range(0, 13).Select(i => (long)i), Batches.Offsets(read.Responses[0].Partitions[0].Records));
    }

    [Fact]
    public async Task Bytes_are_kept_as_the_producer_compressed_them()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        byte[] batch = Batches.Of(10, CompressionType.Lz4, valueLength: 500);
        await ProduceAsync(client, topic, batch);
        FetchResponse read = await client.SendAsync(Batches.Fetch(topic, 0), 13);
        byte[] kept = Batches.Split(read.Responses[0].Partitions[0].Records).Single();
        // All but the base offset and the leader epoch, which are the broker's.
        Assert.Equal(batch[16..], kept[16..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Versions_from_before_record_batches_are_refused(short version)
    {
        if (BrokerUnderTest.Kind == "kafka-3.9.2")
        {
            return; // It still takes message sets.
        }

        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        int id = await client.WriteAsync(Batches.Produce(topic, Batches.Of(1)), version);
        byte[]? frame = await client.ReadFrameAsync();
        if (BrokerUnderTest.IsKLog)
        {
            ProduceResponse response = WireClient.Decode<ProduceResponse>(frame!, version, id);
            Assert.Equal(ErrorCode.UnsupportedForMessageFormat, response.Responses[0].PartitionResponses[0].ErrorCode);
        }
        else
        {
            Assert.Null(frame); // Kafka advertises these versions for old librdkafka's sake, and closes the connection.
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Old_magics_are_refused(byte magic)
    {
        byte[] batch = Batches.Of(1);
        batch[16] = magic;
        await IsRefusedAsync(batch, ErrorCode.InvalidRecord);
    }

    [Fact]
    public Task A_wrong_crc_is_refused() => IsRefusedAsync(Changed(Batches.Of(3), 70, fixCrc: false), ErrorCode.CorruptMessage);

    [Fact]
    public Task An_unknown_magic_is_refused()
    {
        byte[] batch = Batches.Of(1);
        batch[16] = 3;
        return IsRefusedAsync(batch, ErrorCode.CorruptMessage);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Lz4)]
    public async Task A_record_count_that_lies_is_refused(CompressionType compression)
    {
        await IsRefusedAsync(Changed(Batches.Of(3, compression), 60), ErrorCode.InvalidRecord);
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Compressed_garbage_is_refused(CompressionType compression)
    {
        byte[] batch = Batches.Of(20, CompressionType.None);
        batch[22] = (byte)compression;
        RecordBatchFields.SetCrc(batch);
        // Kafka has no better word for it than an unknown error.
        await IsRefusedAsync(batch, ErrorCode.InvalidRecord, ErrorCode.CorruptMessage, ErrorCode.UnknownServerError);
    }

    [Fact]
    public Task A_base_offset_other_than_0_is_refused()
    {
        byte[] batch = Batches.Of(1);
        RecordBatchFields.SetBaseOffset(batch, 7);
        return IsRefusedAsync(batch, ErrorCode.InvalidRecord);
    }

    [Fact]
    public Task Two_batches_are_refused() => IsRefusedAsync([.. Batches.Of(1), .. Batches.Of(1)], ErrorCode.InvalidRecord);

    [Fact]
    public Task No_batch_is_refused() => IsRefusedAsync([], ErrorCode.InvalidRecord);

    [Fact]
    public Task A_batch_cut_short_is_refused() => IsRefusedAsync(Batches.Of(3)[..^5], ErrorCode.InvalidRecord, ErrorCode.CorruptMessage);

    [Fact]
    public Task A_control_batch_is_refused()
    {
        byte[] batch = Batches.Of(1, producerId: 1, producerEpoch: 0, baseSequence: 0);
        batch[22] |= 0x20;
        RecordBatchFields.SetCrc(batch);
        return IsRefusedAsync(batch, ErrorCode.InvalidRecord);
    }

    [Fact]
    public Task A_batch_above_the_limit_is_refused() =>
        IsRefusedAsync(Batches.Of(1, valueLength: 1_100_000), ErrorCode.MessageTooLarge);

    [Fact]
    public async Task A_time_far_ahead_is_refused()
    {
        if (BrokerUnderTest.Kind != "kafka-3.9.2")
        {
            // Since Kafka 4 an hour is the default limit.
            await IsRefusedAsync(Batches.Of(1, timeMs: NowMs + 7_200_000), ErrorCode.InvalidTimestamp);
        }
    }

    [Fact]
    public async Task A_refusal_names_the_record()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, 1, ("cleanup.policy", "compact"));
        using RecordBatchBuilder builder = new();
        builder.Append(NowMs, "k"u8.ToArray(), "v"u8.ToArray());
        builder.Append(NowMs, null, "v"u8.ToArray());
        PartitionResponse response = await ProduceAsync(client, topic, builder.ToArray());
        Assert.Equal(ErrorCode.InvalidRecord, response.ErrorCode);
        Assert.Equal(1, Assert.Single(response.RecordErrors).BatchIndex);
        Assert.NotNull(response.ErrorMessage);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_are_refused()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ProduceAsync(client, topic, Batches.Of(1), partition: 1)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ProduceAsync(client, topic, Batches.Of(1), partition: -1)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ProduceAsync(client, Topic.Unknown, Batches.Of(1))).ErrorCode);
        if (BrokerUnderTest.Kind != "kafka-3.9.2")
        {
            ProduceResponse byId = await client.SendAsync(Batches.Produce(Topic.Unknown, Batches.Of(1)), 13);
            Assert.Equal(ErrorCode.UnknownTopicId, byId.Responses[0].PartitionResponses[0].ErrorCode);
        }
    }

    [Fact]
    public async Task Acks_other_than_0_1_and_all_are_refused()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        ProduceResponse response = await client.SendAsync(Batches.Produce(topic, Batches.Of(1), acks: 2), Version);
        Assert.Equal(ErrorCode.InvalidRequiredAcks, response.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task A_batch_of_a_transaction_that_was_not_begun_is_refused()
    {
        if (BrokerUnderTest.IsKLog)
        {
            byte[] batch = Batches.Of(1, producerId: 5, producerEpoch: 0, baseSequence: 0);
            batch[22] |= 0x10; // Transactional.
            RecordBatchFields.SetCrc(batch);
            await IsRefusedAsync(batch, ErrorCode.InvalidTxnState);
        }
    }

    [Fact]
    public async Task An_acknowledgement_under_flush_messages_comes_for_each_of_many_in_flight()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, partitions: 2, configs: ("flush.messages", "1"));
        List<int> ids = [];
        for (int i = 0; i < 40; i++)
        {
            ids.Add(await client.WriteAsync(Batches.Produce(topic, Batches.Of(2), partition: i % 2), Version));
        }

        for (int i = 0; i < ids.Count; i++)
        {
            PartitionResponse answer = (await client.ReadAsync<ProduceResponse>(Version, ids[i])).Responses[0].PartitionResponses[0];
            Assert.Equal((ErrorCode.None, i / 2 * 2L), (answer.ErrorCode, answer.BaseOffset));
        }
    }

    [Fact]
    public async Task One_bad_partition_does_not_hinder_the_others()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, partitions: 2);
        ProduceRequest request = Batches.Produce(topic, Changed(Batches.Of(1), 70, fixCrc: false));
        request.TopicData[0].PartitionData =
            [request.TopicData[0].PartitionData[0], new() { Index = 1, Records = new KLog.Protocol.Wire.Records(Batches.Of(1)) }];
        ProduceResponse response = await client.SendAsync(request, Version);
        Dictionary<int, ErrorCode> errors = response.Responses[0].PartitionResponses.ToDictionary(p => p.Index, p => p.ErrorCode);
        Assert.Equal(ErrorCode.CorruptMessage, errors[0]);
        Assert.Equal(ErrorCode.None, errors[1]);
    }

    private async Task IsRefusedAsync(byte[] batch, params ErrorCode[] errors)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        ErrorCode error = (await ProduceAsync(client, topic, batch)).ErrorCode;
        Assert.True(errors.Contains(error), $"got {error}");
        Assert.Equal(0, (await ProduceAsync(client, topic, Batches.Of(1))).BaseOffset);
    }

    private static async Task<PartitionResponse> ProduceAsync(WireClient client, Topic topic, byte[] batch, int partition = 0) =>
        (await client.SendAsync(Batches.Produce(topic, batch, partition: partition), Version)).Responses[0].PartitionResponses[0];

    /// <summary>One bit of one byte turned.</summary>
    private static byte[] Changed(byte[] batch, int at, bool fixCrc = true)
    {
        batch[at] ^= 1;
        if (fixCrc)
        {
            RecordBatchFields.SetCrc(batch);
        }

        return batch;
    }
}
