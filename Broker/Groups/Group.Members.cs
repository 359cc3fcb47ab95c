using KLog.Broker.Groups.Classic;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Groups.Offsets;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionAnswer = KLog.Protocol.Messages.OffsetCommitResponse.OffsetCommitResponseTopic.OffsetCommitResponsePartition;

namespace KLog.Broker.Groups;

/// <content>The classic protocol, whichever the group itself has; and what both say of offsets.</content>
internal sealed partial class Group
{
    public void Join(
        JoinGroupRequest join, ClientOrigin origin, string newMemberId, short version, TaskCompletionSource<JoinGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        if (Consumer is null)
        {
            _classic.Join(join, origin, newMemberId, version, reply, nowMs, effects);
        }
        else if (Consumer.IsEmpty)
        {
            // Nobody is left of the other protocol: the group starts anew, with its offsets.
            effects.Write(Consumer.Tombstones(), error =>
            {
                if (error == ErrorCode.None)
                {
                    Consumer = null;
                    _classic = new ClassicGroup(Id, world.Settings());
                    _classic.Join(join, origin, newMemberId, version, reply, nowMs, effects);
                }
                else
                {
                    effects.Answer(reply, ClassicGroup.Refusal(WriteErrors.ToClient(error), join.MemberId));
                }
            });
        }
        else
        {
            Outcome<JoinGroupResponse> outcome = Consumer.ClassicJoin(join, version, origin, world.ContextOf(Id, nowMs));
            Carry(outcome, [], nowMs, effects, response => effects.Answer(reply, response), error => ClassicGroup.Refusal(error, join.MemberId));
        }
    }

    public void Sync(SyncGroupRequest sync, TaskCompletionSource<SyncGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        if (Consumer is null)
        {
            _classic.Sync(sync, reply, nowMs, effects);
        }
        else
        {
            effects.Answer(reply, Consumer.ClassicSync(sync, world.ContextOf(Id, nowMs)));
        }
    }

    public ErrorCode Heartbeat(string memberId, string? instanceId, int generation, long nowMs) =>
        Consumer?.ClassicHeartbeat(memberId, instanceId, generation, world.ContextOf(Id, nowMs))
            ?? _classic.Heartbeat(memberId, instanceId, generation, nowMs);

    /// <summary>Takes members out; <paramref name="outcomes"/> gets an error for each.</summary>
    public void Leave(LeaveGroupRequest.MemberIdentity[] members, ErrorCode[] outcomes, long nowMs, GroupEffects effects)
    {
        if (Consumer is null)
        {
            for (int i = 0; i < members.Length; i++)
            {
                outcomes[i] = _classic.Leave(members[i].MemberId, members[i].GroupInstanceId, nowMs, effects);
            }
        }
        else
        {
            Outcome<ErrorCode[]> outcome = Consumer.ClassicLeave(members, world.ContextOf(Id, nowMs));
            Carry(outcome, [], nowMs, effects, told => told.CopyTo(outcomes, 0), error => [.. members.Select(_ => error)]);
        }
    }

    /// <summary>Null for a group that is not a classic one.</summary>
    public DescribeGroupsResponse.DescribedGroup? DescribeClassic() => Classic?.Describe();

    /// <summary>
    /// Commits offsets in a member's name, or for a group without members. Where that cannot be, says why; where it cannot be
    /// written, the answers say why.
    /// </summary>
    public ErrorCode Commit(
        OffsetCommitRequest request,
        short version,
        IReadOnlyList<(TopicPartition Partition, CommittedOffset Offset, PartitionAnswer Answer)> commits,
        long nowMs,
        GroupEffects effects)
    {
        ErrorCode refusal = CheckCommit(request, version, commits.Select(each => each.Partition), nowMs);
        if (refusal != ErrorCode.None || commits.Count == 0)
        {
            return refusal;
        }

        effects.Write([.. commits.Select(each => OffsetRecords.Commit(Id, each.Partition, each.Offset))], error =>
        {
            long recordOffset = effects.WrittenTo - commits.Count;
            foreach ((TopicPartition partition, CommittedOffset offset, PartitionAnswer answer) in commits)
            {
                recordOffset++;
                answer.ErrorCode = WriteErrors.ToClient(error);
                if (error == ErrorCode.None)
                {
                    Offsets.Commit(partition, offset with { RecordOffset = recordOffset });
                }
            }
        });
        return ErrorCode.None;
    }

    /// <summary>Whether a member may read offsets; without a member anybody may.</summary>
    public ErrorCode CheckFetch(string? memberId, int memberEpoch) =>
        Consumer?.ValidateOffsetFetch(memberId, memberEpoch) ?? ErrorCode.None;

    /// <summary>Offsets of a group with members can be deleted only where it is known what they subscribe to.</summary>
    public ErrorCode CheckOffsetDelete() =>
        HasNoMembers || Consumer is not null || _classic.ProtocolType == ConsumerGroup.ProtocolType ? ErrorCode.None : ErrorCode.NonEmptyGroup;

    public bool IsSubscribedTo(string topic) =>
        Consumer?.IsSubscribedTo(topic) ?? _classic.SubscribedTopics()?.Contains(topic) == true;

    private ErrorCode CheckCommit(OffsetCommitRequest request, short version, IEnumerable<TopicPartition> partitions, long nowMs) =>
        Consumer is null
            ? _classic.CheckCommit(request.MemberId, request.GroupInstanceId, request.GenerationIdOrMemberEpoch, isTransactional: false, nowMs)
            : Consumer.ValidateOffsetCommit(
                request.MemberId,
                request.GroupInstanceId,
                request.GenerationIdOrMemberEpoch,
                isTransactional: false,
                version,
                partitions.Select(each => (world.View.Current.Topic(each.Topic)?.Id ?? Guid.Empty, each.Partition)));
}
