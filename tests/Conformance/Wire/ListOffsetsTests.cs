using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionResponse = KLog.Protocol.Messages.ListOffsetsResponse.ListOffsetsTopicResponse.ListOffsetsPartitionResponse;

namespace KLog.Conformance.Wire;

/// <summary>ListOffsets by time, and the special times.</summary>
[Collection(WireCollection.Name)]
public sealed class ListOffsetsTests(BrokerUnderTest broker)
{
    private const long StartMs = 1_700_000_000_000;

    [Theory]
    [InlineData(-1, 10, -1)] // latest
    [InlineData(-2, 3, -1)] // earliest
    [InlineData(-3, 6, StartMs + 9000)] // greatest timestamp
    [InlineData(-4, 3, -1)] // earliest local
    [InlineData(-5, -1, -1)] // latest tiered
    [InlineData(StartMs, 3, StartMs + 300)]
    [InlineData(StartMs + 401, 5, StartMs + 500)]
    [InlineData(StartMs + 8000, 6, StartMs + 9000)]
    [InlineData(StartMs + 9001, -1, -1)]
    [InlineData(0, 3, StartMs + 300)]
    public async Task A_time_gives_an_offset(long time, long offset, long timeOfOffset)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await FilledAsync(client);
        PartitionResponse partition = await ListAsync(client, topic, time, 9);
        Assert.Equal((ErrorCode.None, offset, timeOfOffset), (partition.ErrorCode, partition.Offset, partition.Timestamp));
    }

    [Fact]
    public async Task Earliest_pending_upload_is_none_without_tiered_storage()
    {
        if (BrokerUnderTest.Kind == "kafka-3.9.2")
        {
            return; // It does not know the time -6.
        }

        using WireClient client = new(broker.Port);
        Topic topic = await FilledAsync(client);
        PartitionResponse partition = await ListAsync(client, topic, -6, 11);
        Assert.Equal((ErrorCode.None, -1L), (partition.ErrorCode, partition.Offset));
    }

    [Theory]
    [InlineData(-3, 6)]
    [InlineData(-4, 7)]
    [InlineData(-5, 8)]
    public async Task A_special_time_needs_the_version_that_brought_it(long time, short version)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await FilledAsync(client);
        Assert.Equal(ErrorCode.UnsupportedVersion, (await ListAsync(client, topic, time, version)).ErrorCode);
    }

    [Fact]
    public async Task Leader_epochs_are_checked_and_told()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await FilledAsync(client);
        Assert.Equal(0, (await ListAsync(client, topic, -1, 9)).LeaderEpoch);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await ListAsync(client, topic, -1, 9, leaderEpoch: 5)).ErrorCode);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_are_refused()
    {
        using WireClient client = new(broker.Port);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ListAsync(client, Topic.Unknown, -1, 9)).ErrorCode);
        Topic topic = await Topic.CreateAsync(client);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ListAsync(client, topic, -1, 9, partition: 4)).ErrorCode);
    }

    [Fact]
    public async Task Epoch_end_offsets_are_told()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await FilledAsync(client);
        Assert.Equal((ErrorCode.None, 0, 10L), await EpochEndAsync(client, topic, epoch: 0));
        Assert.Equal((ErrorCode.None, -1, -1L), await EpochEndAsync(client, topic, epoch: 3));
    }

    private static async Task<(ErrorCode Error, int Epoch, long EndOffset)> EpochEndAsync(WireClient client, Topic topic, int epoch)
    {
        OffsetForLeaderEpochRequest request = new()
        {
            Topics = [new() { Topic = topic.Name, Partitions = [new() { Partition = 0, LeaderEpoch = epoch }] }],
        };
        var partition = (await client.SendAsync(request, 4)).Topics[0].Partitions[0];
        return (partition.ErrorCode, partition.LeaderEpoch, partition.EndOffset);
    }

    /// <summary>Ten records 100 ms apart, but the seventh comes 9 s late; the first three are deleted.</summary>
    private static async Task<Topic> FilledAsync(WireClient client)
    {
        Topic topic = await Topic.CreateAsync(client);
        for (int i = 0; i < 10; i++)
        {
            await client.SendAsync(Batches.Produce(topic, Batches.Of(1, timeMs: StartMs + (i == 6 ? 9000 : i * 100))), 9);
        }

        DeleteRecordsRequest delete = new()
        {
            Topics = [new() { Name = topic.Name, Partitions = [new() { PartitionIndex = 0, Offset = 3 }] }],
            TimeoutMs = 10_000,
        };
        Assert.Equal(ErrorCode.None, (await client.SendAsync(delete, 2)).Topics[0].Partitions[0].ErrorCode);
        return topic;
    }

    private static async Task<PartitionResponse> ListAsync(
        WireClient client, Topic topic, long time, short version, int partition = 0, int leaderEpoch = -1)
    {
        ListOffsetsRequest request = new()
        {
            ReplicaId = -1,
            Topics =
            [
                new()
                {
                    Name = topic.Name,
                    Partitions = [new() { PartitionIndex = partition, Timestamp = time, CurrentLeaderEpoch = leaderEpoch }],
                },
            ],
        };
        return (await client.SendAsync(request, version)).Topics[0].Partitions[0];
    }
}
