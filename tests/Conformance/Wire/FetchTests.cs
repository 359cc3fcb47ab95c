using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionData = KLog.Protocol.Messages.FetchResponse.FetchableTopicResponse.PartitionData;

namespace KLog.Conformance.Wire;

/// <summary>What a fetch is answered: whole batches, limits and their exception (KIP-74), offsets out of range, leader epochs.</summary>
[Collection(WireCollection.Name)]
public sealed class FetchTests(BrokerUnderTest broker)
{
    [Fact]
    public async Task The_first_batch_comes_whole_whatever_the_limits()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(10, valueLength: 10_000)), 9);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(10, valueLength: 10_000)), 9);
        FetchRequest request = Batches.Fetch(topic, 0, maxBytes: 1);
        request.MaxBytes = 1;
        PartitionData partition = await FetchAsync(client, request);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), Batches.Offsets(partition.Records));
    }

    [Fact]
    public async Task Only_the_first_partition_with_data_goes_beyond_the_limit()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, partitions: 3);
        foreach (int partition in new[] { 1, 2 })
        {
            await client.SendAsync(Batches.Produce(topic, Batches.Of(10, valueLength: 10_000), partition: partition), 9);
        }

        FetchRequest request = Batches.Fetch(topic, 0);
        request.MaxBytes = 1;
        request.Topics[0].Partitions = [.. Enumerable.Range(0, 3).Select(p => new FetchRequest.FetchTopic.FetchPartition
        {
            Partition = p,
            PartitionMaxBytes = 1 << 20,
        })];
        FetchResponse response = await client.SendAsync(request, 13);
        int[] lengths = [.. response.Responses[0].Partitions.OrderBy(p => p.PartitionIndex).Select(p => p.Records?.Length ?? 0)];
        Assert.Equal(0, lengths[0]);
        Assert.True(lengths[1] > 100_000, $"the first partition with data gives its batch: {lengths[1]}");
        Assert.Equal(0, lengths[2]);
    }

    [Fact]
    public async Task A_limit_is_kept_after_the_first_batch()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        for (int i = 0; i < 10; i++)
        {
            await client.SendAsync(Batches.Produce(topic, Batches.Of(1, valueLength: 1000)), 9);
        }

        PartitionData partition = await FetchAsync(client, Batches.Fetch(topic, 2, maxBytes: 3500));
        Assert.Equal([2, 3, 4], Batches.Offsets(partition.Records));
        Assert.True(partition.Records!.Value.Length <= 3500);
    }

    [Fact]
    public async Task An_offset_inside_a_batch_gets_the_whole_batch()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(10)), 9);
        PartitionData partition = await FetchAsync(client, Batches.Fetch(topic, 7));
        Assert.Equal(0, Batches.Offsets(partition.Records)[0]);
    }

    [Fact]
    public async Task Offsets_outside_the_log_are_out_of_range()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(10)), 9);
        PartitionData beyond = await FetchAsync(client, Batches.Fetch(topic, 11));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L), (beyond.ErrorCode, beyond.HighWatermark));
        DeleteRecordsRequest delete = new()
        {
            Topics = [new() { Name = topic.Name, Partitions = [new() { PartitionIndex = 0, Offset = 5 }] }],
            TimeoutMs = 10_000,
        };
        Assert.Equal(5, (await client.SendAsync(delete, 2)).Topics[0].Partitions[0].LowWatermark);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await FetchAsync(client, Batches.Fetch(topic, 4))).ErrorCode);
        PartitionData left = await FetchAsync(client, Batches.Fetch(topic, 5));
        Assert.Equal((ErrorCode.None, 5L, 10L, 10L), (left.ErrorCode, left.LogStartOffset, left.HighWatermark, left.LastStableOffset));
    }

    [Fact]
    public async Task Leader_epochs_are_checked()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        FetchRequest request = Batches.Fetch(topic, 0);
        request.MaxWaitMs = 0;
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = 0;
        Assert.Equal(ErrorCode.None, (await FetchAsync(client, request)).ErrorCode);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = 1;
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await FetchAsync(client, request)).ErrorCode);
    }

    [Fact]
    public async Task A_last_fetched_epoch_that_agrees_does_not_diverge()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(10)), 9);
        FetchRequest request = Batches.Fetch(topic, 10);
        request.MaxWaitMs = 0;
        request.Topics[0].Partitions[0].LastFetchedEpoch = 0;
        PartitionData same = await FetchAsync(client, request);
        Assert.Equal((ErrorCode.None, -1L), (same.ErrorCode, same.DivergingEpoch.EndOffset));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Isolation_levels_read_the_same_without_transactions(sbyte level)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(4)), 9);
        FetchRequest request = Batches.Fetch(topic, 0);
        request.IsolationLevel = level;
        PartitionData partition = await FetchAsync(client, request);
        Assert.Equal([0, 1, 2, 3], Batches.Offsets(partition.Records));
        Assert.Equal(4, partition.LastStableOffset);
        Assert.Empty(partition.AbortedTransactions ?? []);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_are_refused()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await FetchAsync(client, Batches.Fetch(topic, 0, partition: 9))).ErrorCode);
        FetchResponse byName = await client.SendAsync(Batches.Fetch(Topic.Unknown, 0), 12);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, byName.Responses[0].Partitions[0].ErrorCode);
        FetchResponse byId = await client.SendAsync(Batches.Fetch(Topic.Unknown, 0), 13);
        Assert.Equal(ErrorCode.UnknownTopicId, byId.Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(Topic.Unknown.Id, byId.Responses[0].TopicId);
    }

    [Fact]
    public async Task A_fetch_reads_across_segments()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, 1, ("segment.bytes", "1048576"));
        for (int i = 0; i < 6; i++)
        {
            await client.SendAsync(Batches.Produce(topic, Batches.Of(5, valueLength: 80_000)), 9);
        }

        List<long> read = [];
        while (read.Count < 30)
        {
            PartitionData partition = await FetchAsync(client, Batches.Fetch(topic, read.Count, maxBytes: 500_000));
            Assert.Equal(ErrorCode.None, partition.ErrorCode);
            read.AddRange(Batches.Offsets(partition.Records));
        }

        Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)i), read);
    }

    private static async Task<PartitionData> FetchAsync(WireClient client, FetchRequest request) =>
        (await client.SendAsync(request, 13)).Responses[0].Partitions[0];
}
