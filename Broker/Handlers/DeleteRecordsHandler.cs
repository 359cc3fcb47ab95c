using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Answered = KLog.Protocol.Messages.DeleteRecordsResponse.DeleteRecordsTopicResult.DeleteRecordsPartitionResult;

namespace KLog.Broker.Handlers;

/// <summary>
/// DeleteRecords, versions 0 to 2 (KIP-107): moves the log's start forward; −1 is the high watermark. A topic that is
/// not cleaned by deletion is refused with POLICY_VIOLATION, an internal one with INVALID_TOPIC_EXCEPTION.
/// </summary>
internal sealed class DeleteRecordsHandler(PartitionLookup lookup)
{
    public ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context) =>
        new(new DeleteRecordsResponse
        {
            Topics =
            [
                .. request.Topics.Select(topic => new DeleteRecordsResponse.DeleteRecordsTopicResult
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.Partitions.Select(asked => Answer(topic.Name, asked.PartitionIndex, asked.Offset)),
                    ],
                }),
            ],
        });

    private Answered Answer(string topic, int index, long offset)
    {
        (ErrorCode error, long low) = Delete(topic, index, offset);
        return new Answered { PartitionIndex = index, ErrorCode = error, LowWatermark = low };
    }

    private (ErrorCode Error, long LowWatermark) Delete(string topic, int index, long offset)
    {
        if (InternalTopics.IsInternal(topic))
        {
            return (ErrorCode.InvalidTopicException, -1);
        }

        Partition? partition = lookup.FindLeader(topic, index, leaderEpoch: -1, out ErrorCode error);
        return partition is null ? (error, -1) : partition.DeleteRecords(offset);
    }
}
