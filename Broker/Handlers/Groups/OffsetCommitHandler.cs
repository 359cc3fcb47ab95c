using KLog.Broker.Groups;
using KLog.Broker.Groups.Offsets;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionAnswer = KLog.Protocol.Messages.OffsetCommitResponse.OffsetCommitResponseTopic.OffsetCommitResponsePartition;
using TopicAnswer = KLog.Protocol.Messages.OffsetCommitResponse.OffsetCommitResponseTopic;
using TopicCommit = KLog.Protocol.Messages.OffsetCommitRequest.OffsetCommitRequestTopic;

namespace KLog.Broker.Handlers.Groups;

/// <summary>
/// OffsetCommit, versions 0 to 10. Versions 2 to 4 can say how long to keep the offsets; 9 can carry a member epoch (KIP-848);
/// 10 names topics by id (KIP-848). Answered when the offsets are written as safely as their partition promises.
/// </summary>
internal sealed class OffsetCommitHandler(GroupCoordinator coordinator, ClusterView view)
{
    private const short FirstWithEpoch = 9;
    private const short FirstByTopicId = 10;

    public ValueTask<OffsetCommitResponse> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        GroupShard? shard = coordinator.FindAny(request.GroupId, out ErrorCode error);
        OffsetCommitResponse response = Prepare(request, context.ApiVersion, out List<(TopicPartition, CommittedOffset, PartitionAnswer)> commits);
        Task? committed = null;
        if (shard is not null)
        {
            ErrorCode outcome = ErrorCode.None;
            (error, committed) = shard.Run(
                request.GroupId,
                create: request.GenerationIdOrMemberEpoch < 0,
                (group, nowMs, effects) => outcome = group.Commit(request, context.ApiVersion, commits, nowMs, effects));
            error = error switch
            {
                ErrorCode.None => outcome,
                ErrorCode.GroupIdNotFound when context.ApiVersion < FirstWithEpoch => ErrorCode.IllegalGeneration,
                _ => error,
            };
        }

        if (error != ErrorCode.None)
        {
            foreach ((_, _, PartitionAnswer answer) in commits)
            {
                answer.ErrorCode = error;
            }
        }

        return committed is null ? new(response) : AfterAsync(committed.WaitAsync(TimeSpan.FromMilliseconds(coordinator.Settings.OffsetsCommitTimeoutMs)), response, commits);
    }

    /// <summary>A write that has not become safe, or not in time: whether the offsets are kept is not known.</summary>
    private static async ValueTask<OffsetCommitResponse> AfterAsync(
        Task committed, OffsetCommitResponse response, List<(TopicPartition, CommittedOffset, PartitionAnswer)> commits)
    {
        try
        {
            await committed;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            ErrorCode error = WriteErrors.ToClient(e is IOException ? ErrorCode.KafkaStorageError : ErrorCode.RequestTimedOut);
            foreach ((_, _, PartitionAnswer answer) in commits)
            {
                answer.ErrorCode = error;
            }
        }

        return response;
    }

    /// <summary>Makes the answer, and picks what can be committed: topics that are there, metadata that is not too long.</summary>
    private OffsetCommitResponse Prepare(
        OffsetCommitRequest request, short version, out List<(TopicPartition, CommittedOffset, PartitionAnswer)> commits)
    {
        commits = [];
        ClusterSnapshot cluster = view.Current;
        long wallMs = coordinator.Clock.WallMs;
        long expiresAtMs = request.RetentionTimeMs >= 0 ? wallMs + request.RetentionTimeMs : -1;
        int metadataMax = coordinator.Settings.OffsetMetadataMaxBytes;
        var topics = new TopicAnswer[request.Topics.Length];
        for (int t = 0; t < topics.Length; t++)
        {
            TopicCommit topic = request.Topics[t];
            TopicState? known = version >= FirstByTopicId ? cluster.Topic(topic.TopicId) : cluster.Topic(topic.Name);
            var partitions = new PartitionAnswer[topic.Partitions.Length];
            for (int p = 0; p < partitions.Length; p++)
            {
                TopicCommit.OffsetCommitRequestPartition asked = topic.Partitions[p];
                PartitionAnswer answer = partitions[p] = new PartitionAnswer { PartitionIndex = asked.PartitionIndex };
                string metadata = asked.CommittedMetadata ?? "";
                if (known is null)
                {
                    answer.ErrorCode = version >= FirstByTopicId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
                }
                else if ((uint)asked.PartitionIndex >= (uint)known.Partitions.Count)
                {
                    answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
                }
                else if (metadata.Length > metadataMax || !RecordText.Fits(metadata))
                {
                    answer.ErrorCode = ErrorCode.OffsetMetadataTooLarge;
                }
                else
                {
                    long committedAtMs = asked.CommitTimestamp >= 0 ? asked.CommitTimestamp : wallMs;
                    CommittedOffset offset = new(asked.CommittedOffset, asked.CommittedLeaderEpoch, metadata, committedAtMs, expiresAtMs);
                    commits.Add((new TopicPartition(known.Name, asked.PartitionIndex), offset, answer));
                }
            }

            topics[t] = new TopicAnswer { Name = topic.Name, TopicId = topic.TopicId, Partitions = partitions };
        }

        return new OffsetCommitResponse { Topics = topics };
    }
}
