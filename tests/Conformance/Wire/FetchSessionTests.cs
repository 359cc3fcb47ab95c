using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire;

/// <summary>Fetch sessions (KIP-227): the client names its partitions once, and then only hears of what changed.</summary>
[Collection(WireCollection.Name)]
public sealed class FetchSessionTests(BrokerUnderTest broker)
{
    private const int Partitions = 3;

    [Fact]
    public async Task A_session_tells_only_what_changed()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        FetchResponse full = await client.SendAsync(Request(topic, 0, 0, (0, 0), (1, 0), (2, 0)), 13);
        Assert.Equal(ErrorCode.None, full.ErrorCode);
        Assert.NotEqual(0, full.SessionId);
        Assert.Equal([0, 1, 2], Told(full));

        await TellsAsync(client, Request(topic, full.SessionId, 1), 13);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(2), partition: 1), 9);
        await TellsAsync(client, Request(topic, full.SessionId, 2), 13, 1);

        // Unless its position moves, a partition with data is told again.
        await TellsAsync(client, Request(topic, full.SessionId, 3), 13, 1);
        await TellsAsync(client, Request(topic, full.SessionId, 4, (1, 2)), 13);
    }

    [Fact]
    public async Task Partitions_are_added_and_forgotten()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        for (int partition = 0; partition < Partitions; partition++)
        {
            await client.SendAsync(Batches.Produce(topic, Batches.Of(2), partition: partition), 9);
        }

        FetchResponse full = await client.SendAsync(Request(topic, 0, 0, (0, 0)), 13);
        Assert.Equal([0], Told(full));
        await TellsAsync(client, Request(topic, full.SessionId, 1, (2, 0)), 13, 0, 2);
        FetchRequest forget = Request(topic, full.SessionId, 2);
        forget.ForgottenTopicsData = [new() { Topic = topic.Name, TopicId = topic.Id, Partitions = [0] }];
        await TellsAsync(client, forget, 13, 2);
    }

    [Fact]
    public async Task The_session_may_be_used_from_another_connection()
    {
        using WireClient first = new(broker.Port);
        using WireClient second = new(broker.Port);
        Topic topic = await Topic.CreateAsync(first, Partitions);
        FetchResponse full = await first.SendAsync(Request(topic, 0, 0, (0, 0)), 13);
        await first.SendAsync(Batches.Produce(topic, Batches.Of(2)), 9);
        await TellsAsync(second, Request(topic, full.SessionId, 1), 13, 0);
    }

    [Fact]
    public async Task A_wrong_epoch_is_refused()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        FetchResponse full = await client.SendAsync(Request(topic, 0, 0, (0, 0)), 13);
        FetchResponse wrong = await client.SendAsync(Request(topic, full.SessionId, 5), 13);
        Assert.Equal((ErrorCode.InvalidFetchSessionEpoch, 0), (wrong.ErrorCode, wrong.SessionId));
        Assert.Empty(wrong.Responses);
        FetchResponse right = await client.SendAsync(Request(topic, full.SessionId, 1), 13);
        Assert.Equal((ErrorCode.None, full.SessionId), (right.ErrorCode, right.SessionId));
    }

    [Fact]
    public async Task An_unknown_session_is_refused()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        FetchResponse response = await client.SendAsync(Request(topic, 123_456_789, 1), 13);
        Assert.Equal((ErrorCode.FetchSessionIdNotFound, 0), (response.ErrorCode, response.SessionId));
    }

    [Fact]
    public async Task A_session_ends_when_the_client_says_so()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        FetchResponse full = await client.SendAsync(Request(topic, 0, 0, (0, 0)), 13);
        FetchResponse last = await client.SendAsync(Request(topic, full.SessionId, -1, (1, 0)), 13);
        Assert.Equal((ErrorCode.None, 0), (last.ErrorCode, last.SessionId));
        FetchResponse gone = await client.SendAsync(Request(topic, full.SessionId, 1), 13);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, gone.ErrorCode);
    }

    [Fact]
    public async Task A_fetch_without_a_session_makes_none()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        FetchResponse response = await client.SendAsync(Request(topic, 0, -1, (0, 0), (1, 0)), 13);
        Assert.Equal(0, response.SessionId);
        Assert.Equal([0, 1], Told(response));
    }

    [Fact]
    public async Task Sessions_work_with_topic_names_too()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        FetchResponse full = await client.SendAsync(Request(topic, 0, 0, (0, 0), (1, 0)), 7);
        Assert.Equal([0, 1], Told(full));
        await client.SendAsync(Batches.Produce(topic, Batches.Of(2), partition: 1), 9);
        await TellsAsync(client, Request(topic, full.SessionId, 1), 12, 1);
    }

    private static FetchRequest Request(Topic topic, int session, int epoch, params (int Partition, long Offset)[] partitions) => new()
    {
        MaxWaitMs = 20,
        MinBytes = 1,
        MaxBytes = 1 << 20,
        SessionId = session,
        SessionEpoch = epoch,
        Topics = partitions.Length == 0
            ? []
            :
            [
                new()
                {
                    Topic = topic.Name,
                    TopicId = topic.Id,
                    Partitions =
                    [
                        .. partitions.Select(p => new FetchRequest.FetchTopic.FetchPartition
                        {
                            Partition = p.Partition,
                            FetchOffset = p.Offset,
                            PartitionMaxBytes = 1 << 20,
                        }),
                    ],
                },
            ],
    };

    private static async Task TellsAsync(WireClient client, FetchRequest request, short version, params int[] partitions) =>
        Assert.Equal(partitions, Told(await client.SendAsync(request, version)));

    private static int[] Told(FetchResponse response)
    {
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return [.. response.Responses.SelectMany(t => t.Partitions).Select(p => p.PartitionIndex).Order()];
    }
}
