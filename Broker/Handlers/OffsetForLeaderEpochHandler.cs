using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Asked = KLog.Protocol.Messages.OffsetForLeaderEpochRequest.OffsetForLeaderTopic.OffsetForLeaderPartition;
using Answered = KLog.Protocol.Messages.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult.EpochEndOffset;

namespace KLog.Broker.Handlers;

/// <summary>
/// OffsetForLeaderEpoch, versions 0 to 4 (KIP-101, KIP-320): where an epoch ended, so that a client can tell whether its
/// log and this one have parted ways. An epoch that was never known is −1 with offset −1.
/// </summary>
internal sealed class OffsetForLeaderEpochHandler(PartitionLookup lookup)
{
    public ValueTask<OffsetForLeaderEpochResponse> HandleAsync(
        OffsetForLeaderEpochRequest request, RequestContext context) =>
        new(new OffsetForLeaderEpochResponse
        {
            Topics =
            [
                .. request.Topics.Select(topic => new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult
                {
                    Topic = topic.Topic,
                    Partitions = [.. topic.Partitions.Select(asked => Answer(topic.Topic, asked))],
                }),
            ],
        });

    private Answered Answer(string topic, Asked asked)
    {
        Partition? partition = lookup.FindLeader(topic, asked.Partition, asked.CurrentLeaderEpoch, out ErrorCode error);
        if (partition is null)
        {
            return new Answered { Partition = asked.Partition, ErrorCode = error };
        }

        var end = partition.EndOf(asked.LeaderEpoch);
        return new Answered { Partition = asked.Partition, LeaderEpoch = end.Epoch, EndOffset = end.EndOffset };
    }
}
