using KLog.Broker.Groups.Offsets;
using KLog.Protocol;
using KLog.Protocol.Messages;
using PartitionAnswer = KLog.Protocol.Messages.OffsetCommitResponse.OffsetCommitResponseTopic.OffsetCommitResponsePartition;

namespace KLog.Broker.Groups;

/// <content>What members ask of the group, whichever protocol it has.</content>
internal sealed partial class Group
{
    public void Join(
        JoinGroupRequest join, ClientOrigin origin, string newMemberId, short version, TaskCompletionSource<JoinGroupResponse> reply, long nowMs, GroupEffects effects) =>
        Classic.Join(join, origin, newMemberId, version, reply, nowMs, effects);

    public void Sync(SyncGroupRequest sync, TaskCompletionSource<SyncGroupResponse> reply, long nowMs, GroupEffects effects) =>
        Classic.Sync(sync, reply, nowMs, effects);

    public ErrorCode Heartbeat(string memberId, string? instanceId, int generation, long nowMs) =>
        Classic.Heartbeat(memberId, instanceId, generation, nowMs);

    public ErrorCode Leave(string memberId, string? instanceId, long nowMs, GroupEffects effects) =>
        Classic.Leave(memberId, instanceId, nowMs, effects);

    /// <summary>Null for a group that is not a classic one.</summary>
    public DescribeGroupsResponse.DescribedGroup? DescribeClassic() => Classic.Describe();

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
        ErrorCode refusal = Classic.CheckCommit(
            request.MemberId, request.GroupInstanceId, request.GenerationIdOrMemberEpoch, isTransactional: false, nowMs);
        if (refusal != ErrorCode.None || commits.Count == 0)
        {
            return refusal;
        }

        effects.Write([.. commits.Select(each => OffsetRecords.Commit(Id, each.Partition, each.Offset))], error =>
        {
            foreach ((TopicPartition partition, CommittedOffset offset, PartitionAnswer answer) in commits)
            {
                answer.ErrorCode = WriteErrors.ToClient(error);
                if (error == ErrorCode.None)
                {
                    Offsets.Commit(partition, offset);
                }
            }
        });
        return ErrorCode.None;
    }

    /// <summary>Whether a member may read offsets; without a member anybody may.</summary>
    public ErrorCode CheckFetch(string? memberId, int memberEpoch, long nowMs) =>
        Classic is null ? ErrorCode.UnknownMemberId : ErrorCode.None;

    /// <summary>Offsets of a group with members can be deleted only where it is known what they subscribe to.</summary>
    public ErrorCode CheckOffsetDelete() =>
        HasNoMembers || Classic.SubscribedTopics() is not null ? ErrorCode.None : ErrorCode.NonEmptyGroup;

    public bool IsSubscribedTo(string topic) => Classic.SubscribedTopics()?.Contains(topic) == true;
}
