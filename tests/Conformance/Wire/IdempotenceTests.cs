using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionResponse = KLog.Protocol.Messages.ProduceResponse.TopicProduceResponse.PartitionProduceResponse;

namespace KLog.Conformance.Wire;

/// <summary>Sequence numbers of idempotent producers (KIP-98, KIP-360), as the partition's leader checks them.</summary>
[Collection(WireCollection.Name)]
public sealed class IdempotenceTests(BrokerUnderTest broker)
{
    [Fact]
    public async Task Producer_ids_are_never_given_twice()
    {
        using WireClient client = new(broker.Port);
        HashSet<long> ids = [];
        for (int i = 0; i < 20; i++)
        {
            InitProducerIdResponse response = await InitAsync(client);
            Assert.Equal(0, response.ProducerEpoch);
            Assert.True(ids.Add(response.ProducerId));
        }
    }

    [Fact]
    public async Task A_duplicate_is_answered_with_its_first_offset_and_kept_once()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        long id = (await InitAsync(client)).ProducerId;
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(i * 2, (await ProduceAsync(client, topic, id, 0, i * 2)).BaseOffset);
        }

        // The last five batches are remembered.
        for (int i = 0; i < 5; i++)
        {
            PartitionResponse again = await ProduceAsync(client, topic, id, 0, i * 2);
            Assert.Equal((ErrorCode.None, i * 2L), (again.ErrorCode, again.BaseOffset));
        }

        FetchResponse read = await client.SendAsync(Batches.Fetch(topic, 0), 13);
        Assert.Equal(10, read.Responses[0].Partitions[0].HighWatermark);
    }

    [Fact]
    public async Task A_duplicate_older_than_five_batches_is_out_of_order()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        long id = (await InitAsync(client)).ProducerId;
        for (int i = 0; i < 6; i++)
        {
            await ProduceAsync(client, topic, id, 0, i * 2);
        }

        ErrorCode error = (await ProduceAsync(client, topic, id, 0, 0)).ErrorCode;
        Assert.True(error is ErrorCode.DuplicateSequenceNumber or ErrorCode.OutOfOrderSequenceNumber, $"got {error}");
    }

    [Fact]
    public async Task A_gap_is_out_of_order()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        long id = (await InitAsync(client)).ProducerId;
        await ProduceAsync(client, topic, id, 0, 0);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await ProduceAsync(client, topic, id, 0, 3)).ErrorCode);
        Assert.Equal(2, (await ProduceAsync(client, topic, id, 0, 2)).BaseOffset);
    }

    [Fact]
    public async Task A_new_epoch_starts_at_0_and_fences_the_old_one()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        long id = (await InitAsync(client)).ProducerId;
        await ProduceAsync(client, topic, id, 0, 0);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await ProduceAsync(client, topic, id, 1, 2)).ErrorCode);
        Assert.Equal(2, (await ProduceAsync(client, topic, id, 1, 0)).BaseOffset);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await ProduceAsync(client, topic, id, 0, 2)).ErrorCode);
    }

    [Fact]
    public async Task A_producer_that_the_partition_does_not_know_may_start_anywhere()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        long id = (await InitAsync(client)).ProducerId;
        Assert.Equal(ErrorCode.None, (await ProduceAsync(client, topic, id, 0, 17)).ErrorCode);
        Assert.Equal(2, (await ProduceAsync(client, topic, id, 0, 19)).BaseOffset);
    }

    [Fact]
    public async Task Sequence_numbers_go_on_at_0_after_the_largest()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        long id = (await InitAsync(client)).ProducerId;
        Assert.Equal(ErrorCode.None, (await ProduceAsync(client, topic, id, 0, int.MaxValue - 2)).ErrorCode);
        Assert.Equal(2, (await ProduceAsync(client, topic, id, 0, int.MaxValue)).BaseOffset);
        Assert.Equal(4, (await ProduceAsync(client, topic, id, 0, 1)).BaseOffset);
    }

    [Fact]
    public async Task Partitions_count_for_themselves_and_are_described()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, partitions: 2);
        long id = (await InitAsync(client)).ProducerId;
        Assert.Equal(0, (await ProduceAsync(client, topic, id, 0, 0, partition: 0)).BaseOffset);
        Assert.Equal(0, (await ProduceAsync(client, topic, id, 0, 0, partition: 1)).BaseOffset);
        Assert.Equal(2, (await ProduceAsync(client, topic, id, 0, 2, partition: 1)).BaseOffset);
        DescribeProducersResponse described = await client.SendAsync(
            new DescribeProducersRequest { Topics = [new() { Name = topic.Name, PartitionIndexes = [0, 1, 2] }] }, 0);
        var partitions = described.Topics[0].Partitions.OrderBy(p => p.PartitionIndex).ToArray();
        Assert.Equal((id, 0, 1), Of(partitions[0].ActiveProducers.Single()));
        Assert.Equal((id, 0, 3), Of(partitions[1].ActiveProducers.Single()));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, partitions[2].ErrorCode);
    }

    private static (long Id, int Epoch, int Sequence) Of(
        DescribeProducersResponse.TopicResponse.PartitionResponse.ProducerState state) =>
        (state.ProducerId, state.ProducerEpoch, state.LastSequence);

    private static Task<InitProducerIdResponse> InitAsync(WireClient client) =>
        client.SendAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, 4);

    /// <summary>Two records.</summary>
    private static async Task<PartitionResponse> ProduceAsync(
        WireClient client, Topic topic, long id, short epoch, int sequence, int partition = 0)
    {
        byte[] batch = Batches.Of(2, producerId: id, producerEpoch: epoch, baseSequence: sequence);
        return (await client.SendAsync(Batches.Produce(topic, batch, partition: partition), 9)).Responses[0].PartitionResponses[0];
    }
}
