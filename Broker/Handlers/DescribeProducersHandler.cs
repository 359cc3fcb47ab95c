using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Answered = KLog.Protocol.Messages.DescribeProducersResponse.TopicResponse.PartitionResponse;

namespace KLog.Broker.Handlers;

/// <summary>DescribeProducers, version 0 (KIP-664): the producers that a partition remembers.</summary>
internal sealed class DescribeProducersHandler(PartitionLookup lookup)
{
    public ValueTask<DescribeProducersResponse> HandleAsync(DescribeProducersRequest request, RequestContext context) =>
        new(new DescribeProducersResponse
        {
            Topics =
            [
                .. request.Topics.Select(topic => new DescribeProducersResponse.TopicResponse
                {
                    Name = topic.Name,
                    Partitions = [.. topic.PartitionIndexes.Select(index => Answer(topic.Name, index))],
                }),
            ],
        });

    private Answered Answer(string topic, int index)
    {
        Partition? partition = lookup.FindLeader(topic, index, leaderEpoch: -1, out ErrorCode error);
        if (partition is null)
        {
            return new Answered { PartitionIndex = index, ErrorCode = error };
        }

        return new Answered
        {
            PartitionIndex = index,
            ActiveProducers =
            [
                .. partition.Log.Producers.ToList().Select(producer => new Answered.ProducerState
                {
                    ProducerId = producer.ProducerId,
                    ProducerEpoch = producer.Epoch,
                    LastSequence = producer.LastSequence,
                    LastTimestamp = producer.LastTimestampMs,
                    CoordinatorEpoch = producer.CoordinatorEpoch,
                    CurrentTxnStartOffset = producer.TransactionFirstOffset,
                }),
            ],
        };
    }
}
