using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <content>A static member that was restarted takes its former self's place, without a rebalance where it can (KIP-345).</content>
internal sealed partial class ClassicGroup
{
    private void Replace(
        ClassicMember former,
        string newMemberId,
        JoinGroupRequest join,
        ClassicProtocol[] protocols,
        ClientOrigin origin,
        short version,
        TaskCompletionSource<JoinGroupResponse> reply,
        long nowMs,
        GroupEffects effects)
    {
        bool wasLeader = Leader == former.Id;
        string? formerLeader = Leader;
        FenceOff(former, effects);
        ClassicMember member = new(newMemberId, former.InstanceId, origin)
        {
            Assignment = former.Assignment,
            OwesSync = former.OwesSync,
        };
        Update(member, join, protocols, origin);
        Swap(former, member, wasLeader);
        Touch(member, nowMs);
        if (State == ClassicGroupState.Stable && ChooseProtocol() == Protocol && HaveSameTopics(former, member))
        {
            effects.Write([Record()], error =>
            {
                if (error == ErrorCode.None)
                {
                    effects.Answer(reply, Resumed(member, formerLeader, version));
                    return;
                }

                Swap(member, former, wasLeader);
                effects.Answer(reply, Refusal(WriteErrors.ToClient(error), join.MemberId));
            });
        }
        else
        {
            member.AwaitingJoin = reply;
            RebalanceOrComplete(nowMs, effects);
        }
    }

    /// <summary>
    /// What else it says of itself changes with every restart (generation and partitions that it owned). Kafka does not
    /// look at the topics either; but who has asked for another one would wait for it until the next rebalance.
    /// </summary>
    private bool HaveSameTopics(ClassicMember former, ClassicMember member) =>
        TopicsOf(former) is not { } before || TopicsOf(member) is not { } now || before.ToHashSet().SetEquals(now);

    private static void FenceOff(ClassicMember former, GroupEffects effects)
    {
        if (former.AwaitingJoin is { } join)
        {
            effects.Answer(join, Refusal(ErrorCode.FencedInstanceId, former.Id));
            former.AwaitingJoin = null;
        }

        if (former.AwaitingSync is { } sync)
        {
            effects.Answer(sync, new SyncGroupResponse { ErrorCode = ErrorCode.FencedInstanceId });
            former.AwaitingSync = null;
        }
    }

    private void Swap(ClassicMember out_, ClassicMember in_, bool isLeader)
    {
        Remove(out_);
        Add(in_);
        if (isLeader)
        {
            Leader = in_.Id;
        }
    }

    /// <summary>
    /// The generation goes on. A leader that was restarted has no members to assign for: since version 9 it is told so
    /// (KIP-814), before it is kept from assigning by being told its former id as the leader's.
    /// </summary>
    private JoinGroupResponse Resumed(ClassicMember member, string? formerLeader, short version)
    {
        bool isLeader = Leader == member.Id;
        JoinGroupResponse response = CurrentGeneration(member, withMembers: false);
        if (version >= 9)
        {
            response.SkipAssignment = isLeader;
            response.Members = isLeader ? JoinedMembers() : [];
        }
        else
        {
            response.Leader = formerLeader ?? "";
        }

        return response;
    }
}
