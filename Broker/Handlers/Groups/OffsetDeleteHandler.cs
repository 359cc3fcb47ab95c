using KLog.Broker.Groups;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionAnswer = KLog.Protocol.Messages.OffsetDeleteResponse.OffsetDeleteResponseTopic.OffsetDeleteResponsePartition;
using TopicAnswer = KLog.Protocol.Messages.OffsetDeleteResponse.OffsetDeleteResponseTopic;

namespace KLog.Broker.Handlers.Groups;

/// <summary>OffsetDelete, version 0 (KIP-496): offsets of topics that the group does not subscribe to now.</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator coordinator, ClusterView view)
{
    public async ValueTask<OffsetDeleteResponse> HandleAsync(OffsetDeleteRequest request, RequestContext context)
    {
        GroupShard? shard = coordinator.Find(request.GroupId, out ErrorCode error);
        if (shard is null)
        {
            return new OffsetDeleteResponse { ErrorCode = error };
        }

        var topics = Prepare(request);
        ErrorCode outcome = ErrorCode.None;
        (error, Task? committed) = shard.Run(request.GroupId, create: false, (group, _, effects) =>
        {
            outcome = group.CheckOffsetDelete();
            if (outcome != ErrorCode.None)
            {
                return;
            }

            List<TopicPartition> deleted = [];
            foreach (TopicAnswer topic in topics)
            {
                bool isSubscribed = group.IsSubscribedTo(topic.Name);
                foreach (PartitionAnswer partition in topic.Partitions.Where(each => each.ErrorCode == ErrorCode.None))
                {
                    partition.ErrorCode = isSubscribed ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
                    TopicPartition name = new(topic.Name, partition.PartitionIndex);
                    if (!isSubscribed && group.Offsets.Find(name) is not null)
                    {
                        deleted.Add(name);
                    }
                }
            }

            group.DeleteOffsets(deleted, effects, written => outcome = WriteErrors.ToClient(written));
        });
        if (committed is not null)
        {
            await committed;
        }

        error = error == ErrorCode.None ? outcome : error;
        return new OffsetDeleteResponse { ErrorCode = error, Topics = error == ErrorCode.None ? topics : [] };
    }

    private TopicAnswer[] Prepare(OffsetDeleteRequest request) =>
    [
        .. request.Topics.Select(topic => new TopicAnswer
        {
            Name = topic.Name,
            Partitions =
            [
                .. topic.Partitions.Select(each => new PartitionAnswer
                {
                    PartitionIndex = each.PartitionIndex,
                    ErrorCode = view.Current.Topic(topic.Name) is { } known && (uint)each.PartitionIndex < (uint)known.Partitions.Count
                        ? ErrorCode.None
                        : ErrorCode.UnknownTopicOrPartition,
                }),
            ],
        }),
    ];
}
