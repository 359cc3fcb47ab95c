using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Answer = KLog.Protocol.Messages.DeleteRecordsResponse.DeleteRecordsTopicResult.DeleteRecordsPartitionResult;

namespace KLog.Conformance.Wire;

/// <summary>Records are deleted up to an offset, where the topic's policy lets them be.</summary>
[Collection(WireCollection.Name)]
public sealed class DeleteRecordsTests(BrokerUnderTest broker)
{
    [Theory]
    [InlineData("delete", 2, ErrorCode.None, 2)]
    [InlineData("delete", -1, ErrorCode.None, 3)]
    [InlineData("compact,delete", 1, ErrorCode.None, 1)]
    [InlineData("compact", 1, ErrorCode.PolicyViolation, -1)]
    [InlineData("delete", 4, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData("delete", -2, ErrorCode.OffsetOutOfRange, -1)]
    public async Task Records_are_deleted_up_to_an_offset(string policy, long offset, ErrorCode error, long lowWatermark)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, 1, ("cleanup.policy", policy));
        await client.SendAsync(Batches.Produce(topic, Batches.Of(3)), 9);
        DeleteRecordsRequest request = new()
        {
            Topics = [new() { Name = topic.Name, Partitions = [new() { Offset = offset }] }],
            TimeoutMs = 10_000,
        };
        Answer answer = (await client.SendAsync(request, 2)).Topics.Single().Partitions.Single();
        Assert.Equal((error, lowWatermark), (answer.ErrorCode, answer.LowWatermark));
        if (error == ErrorCode.None)
        {
            FetchResponse below = await client.SendAsync(Batches.Fetch(topic, lowWatermark - 1), 13);
            Assert.Equal(ErrorCode.OffsetOutOfRange, below.Responses[0].Partitions[0].ErrorCode);
        }
    }
}
