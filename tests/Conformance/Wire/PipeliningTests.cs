using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire;

/// <summary>Many requests in flight on one connection: answers come in the requests' order, whatever each waits for.</summary>
[Collection(WireCollection.Name)]
public sealed class PipeliningTests(BrokerUnderTest broker)
{
    [Fact]
    public async Task Answers_come_in_the_order_of_the_requests()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, partitions: 3);
        List<(int Id, int Kind)> sent = [];
        for (int i = 0; i < 300; i++)
        {
            int kind = i % 4;
            sent.Add((kind switch
            {
                0 => await client.WriteAsync(Batches.Produce(topic, Batches.Of(2), partition: i / 4 % 3), 9),
                1 => await client.WriteAsync(Batches.Fetch(topic, 0, partition: 0), 13),
                2 => await client.WriteAsync(new MetadataRequest { Topics = [] }, 9),
                _ => await client.WriteAsync(new ApiVersionsRequest { ClientSoftwareName = "c", ClientSoftwareVersion = "1" }, 3),
            }, kind));
        }

        foreach ((int id, int kind) in sent)
        {
            switch (kind)
            {
                case 0:
                    ProduceResponse produced = await client.ReadAsync<ProduceResponse>(9, id);
                    Assert.Equal(ErrorCode.None, produced.Responses[0].PartitionResponses[0].ErrorCode);
                    break;
                case 1:
                    await client.ReadAsync<FetchResponse>(13, id);
                    break;
                case 2:
                    await client.ReadAsync<MetadataResponse>(9, id);
                    break;
                default:
                    await client.ReadAsync<ApiVersionsResponse>(3, id);
                    break;
            }
        }
    }

    [Fact]
    public async Task A_long_poll_is_ended_by_a_produce_on_another_connection()
    {
        using WireClient reader = new(broker.Port);
        using WireClient writer = new(broker.Port);
        Topic topic = await Topic.CreateAsync(writer);
        FetchRequest fetch = Batches.Fetch(topic, 0);
        fetch.MaxWaitMs = 15_000;
        int id = await reader.WriteAsync(fetch, 13);
        await writer.SendAsync(Batches.Produce(topic, Batches.Of(3)), 9);
        FetchResponse response = await reader.ReadAsync<FetchResponse>(13, id);
        Assert.Equal([0, 1, 2], Batches.Offsets(response.Responses[0].Partitions[0].Records));
    }

    [Fact]
    public async Task A_long_poll_waits_for_its_minimum_of_bytes()
    {
        using WireClient reader = new(broker.Port);
        using WireClient writer = new(broker.Port);
        Topic topic = await Topic.CreateAsync(writer);
        FetchRequest fetch = Batches.Fetch(topic, 0);
        fetch.MaxWaitMs = 15_000;
        fetch.MinBytes = 3000;
        int id = await reader.WriteAsync(fetch, 13);
        for (int i = 0; i < 3; i++)
        {
            await writer.SendAsync(Batches.Produce(topic, Batches.Of(1, valueLength: 1100)), 9);
        }

        FetchResponse response = await reader.ReadAsync<FetchResponse>(13, id);
        Assert.Equal([0, 1, 2], Batches.Offsets(response.Responses[0].Partitions[0].Records));
    }

    [Fact]
    public async Task A_long_poll_that_gets_nothing_is_answered_empty()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        FetchRequest fetch = Batches.Fetch(topic, 0);
        fetch.MaxWaitMs = 50;
        FetchResponse response = await client.SendAsync(fetch, 13);
        FetchResponse.FetchableTopicResponse.PartitionData partition = response.Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        Assert.Equal(0, partition.Records?.Length);
        Assert.Equal(0, partition.HighWatermark);
    }

    [Fact]
    public async Task Acks_0_gets_no_answer()
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        await client.WriteAsync(Batches.Produce(topic, Batches.Of(5), acks: 0), 9);
        int id = await client.WriteAsync(new MetadataRequest { Topics = [] }, 9);
        await client.ReadAsync<MetadataResponse>(9, id);
        FetchResponse response = await client.SendAsync(Batches.Fetch(topic, 0), 13);
        Assert.Equal(5, response.Responses[0].Partitions[0].HighWatermark);
    }

    [Fact]
    public async Task An_error_of_acks_0_closes_the_connection()
    {
        using WireClient client = new(broker.Port);
        await client.WriteAsync(Batches.Produce(Topic.Unknown, Batches.Of(1), acks: 0), 9);
        Assert.Null(await client.ReadFrameAsync());
    }
}
