using KLog.Broker.Metadata;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

internal sealed partial class ConsumerGroup
{
    /// <summary>A member that speaks the consumer protocol joins, lives on, or leaves.</summary>
    public Outcome<ConsumerGroupHeartbeatResponse> Heartbeat(
        ConsumerGroupHeartbeatRequest request, short version, ClientOrigin origin, GroupContext context)
    {
        if (HeartbeatChecks.Fields(request, version, assignors) is { } refusal)
        {
            return Refused(refusal);
        }

        return request.MemberEpoch < 0 ? Leave(request, context) : Live(request, origin, context);
    }

    private static Outcome<ConsumerGroupHeartbeatResponse> Refused(Refusal refusal) =>
        new(new ConsumerGroupHeartbeatResponse { ErrorCode = refusal.Error, ErrorMessage = refusal.Message });

    private Outcome<ConsumerGroupHeartbeatResponse> Live(
        ConsumerGroupHeartbeatRequest request, ClientOrigin origin, GroupContext context)
    {
        ConsumerMember? former = Former(request.MemberId, request.InstanceId);
        former ??= request.MemberEpoch == 0 ? State.Member(request.MemberId) : null;
        if (Refuse(request, former, context) is { } refusal)
        {
            return Refused(refusal);
        }

        string memberId = request.MemberId.Length > 0 ? request.MemberId : newMemberId();
        bool isReplaced = former is not null && IsReturning(request, former);
        bool isKnown = former is not null && !isReplaced;
        ConsumerMember member = isReplaced
            ? former! with { MemberId = memberId, Epoch = 0, PreviousEpoch = 0 }
            : former ?? new ConsumerMember(memberId);
        ConsumerMember updated = member.With(request, origin);
        if (isKnown)
        {
            _deadlines.Set(memberId, DeadlineKind.Session, context.NowMs + context.Settings.SessionTimeoutMs);
            if (ReferenceEquals(updated, member) && IsSteady(updated, context))
            {
                return new(Response(request, updated, isChanged: false, context));
            }
        }

        ConsumerGroupDraft draft = new(State, context);
        if (isReplaced)
        {
            draft.Replace(former!, member);
        }

        if (!ReferenceEquals(updated, member))
        {
            draft.Describe(updated);
        }

        if (!isKnown || member.Classic is not null)
        {
            draft.Set(memberId, DeadlineKind.Session, context.Settings.SessionTimeoutMs);
            draft.Set(memberId, DeadlineKind.Join, MemberDeadlines.Never);
            draft.Set(memberId, DeadlineKind.Sync, MemberDeadlines.Never);
        }

        bool isChanged = former is null || !updated.HasSameSubscription(member);
        Rebalance.Refresh(draft, assignors, isChanged, isClusterNew: !ReferenceEquals(_seen, context.Cluster));
        ConsumerMember reconciled = Rebalance.Reconcile(draft, updated, request.TopicPartitions);
        GroupChange? change = draft.Finish();
        if (change is null)
        {
            _seen = context.Cluster;
        }

        return new(Response(request, reconciled, !reconciled.Assigned.HasSamePartitions(member.Assigned), context), change);
    }

    /// <summary>Whether a static member is back, after it was away or in the place of one that is not.</summary>
    private static bool IsReturning(ConsumerGroupHeartbeatRequest request, ConsumerMember former) =>
        request.MemberEpoch == 0
        && (former.MemberId != request.MemberId || former.Epoch == ConsumerMember.StaticLeaveEpoch);

    /// <summary>Whether there is nothing to be done for a member whose heartbeat says nothing new.</summary>
    private bool IsSteady(ConsumerMember member, GroupContext context) =>
        State.Epoch == State.AssignmentEpoch
        && member.IsReconciledTo(State.AssignmentEpoch)
        && (ReferenceEquals(_seen, context.Cluster) || SeesNothingNew(context.Cluster));

    /// <summary>Most changes of the cluster do not concern a group. One with expressions looks more closely.</summary>
    private bool SeesNothingNew(ClusterSnapshot cluster)
    {
        bool isSame = State.Expressions.IsEmpty && Subscriptions.Hash(SubscribedTopics(), cluster) == State.MetadataHash;
        _seen = isSame ? cluster : _seen;
        return isSame;
    }

    /// <summary>The member that a request speaks of: by its instance id where it has one.</summary>
    private ConsumerMember? Former(string memberId, string? instanceId) =>
        instanceId is null ? State.Member(memberId) : State.StaticMember(instanceId);

    private Refusal? Refuse(ConsumerGroupHeartbeatRequest request, ConsumerMember? former, GroupContext context)
    {
        bool isJoining = request.MemberEpoch == 0;
        string? instance = request.InstanceId;
        if (former is null)
        {
            return !isJoining && instance is not null ? HeartbeatChecks.UnknownInstance(instance)
                : !isJoining ? HeartbeatChecks.UnknownMember(request.MemberId, groupId)
                : State.Members.Count >= context.Settings.MaxSize ? HeartbeatChecks.Full(context.Settings.MaxSize)
                : null;
        }

        if (instance is not null && isJoining)
        {
            // Who is away has set the instance free; the classic protocol takes it over without asking.
            return former.Epoch != ConsumerMember.StaticLeaveEpoch && former.Classic is null && former.MemberId != request.MemberId
                ? HeartbeatChecks.UnreleasedInstance(request.MemberId, instance, former.MemberId)
                : null;
        }

        return instance is not null && former.MemberId != request.MemberId
            ? HeartbeatChecks.FencedInstance(request.MemberId, instance, former.MemberId)
            : HeartbeatChecks.Epoch(former, request);
    }

    private Outcome<ConsumerGroupHeartbeatResponse> Leave(ConsumerGroupHeartbeatRequest request, GroupContext context)
    {
        string? instance = request.InstanceId;
        if (Former(request.MemberId, instance) is not { } member)
        {
            return Refused(instance is not null
                ? HeartbeatChecks.UnknownInstance(instance)
                : HeartbeatChecks.UnknownMember(request.MemberId, groupId));
        }

        if (instance is not null && member.MemberId != request.MemberId)
        {
            return Refused(HeartbeatChecks.FencedInstance(request.MemberId, instance, member.MemberId));
        }

        ConsumerGroupHeartbeatResponse response = new() { MemberId = request.MemberId, MemberEpoch = request.MemberEpoch };
        return new(response, request.MemberEpoch == ConsumerMember.StaticLeaveEpoch ? StepAside(member, context) : Remove([member], context));
    }

    /// <summary>A static member is away: what it has is kept for it until its session ends, from epoch 0 on.</summary>
    private GroupChange StepAside(ConsumerMember member, GroupContext context)
    {
        ConsumerGroupDraft draft = new(State, context);
        draft.Assign(member with
        {
            Epoch = ConsumerMember.StaticLeaveEpoch,
            Assigned = HeldPartitions.Of(member.Assigned.All.Select(each => each with { Epoch = 0 })),
            PendingRevocation = HeldPartitions.None,
        });
        draft.Set(member.MemberId, DeadlineKind.Revocation, MemberDeadlines.Never);
        return draft.Finish()!;
    }

    /// <summary>With the assignment where it is news, or where the member asks for everything.</summary>
    private static ConsumerGroupHeartbeatResponse Response(
        ConsumerGroupHeartbeatRequest request, ConsumerMember member, bool isChanged, GroupContext context)
    {
        bool isFull = request.RebalanceTimeoutMs != -1
            && (request.SubscribedTopicNames is not null || request.SubscribedTopicRegex is not null)
            && request.TopicPartitions is not null;
        return new ConsumerGroupHeartbeatResponse
        {
            MemberId = member.MemberId,
            MemberEpoch = member.Epoch,
            HeartbeatIntervalMs = context.Settings.HeartbeatIntervalMs,
            Assignment = request.MemberEpoch == 0 || isFull || isChanged ? Assignment(member.Assigned) : null,
        };
    }

    private static ConsumerGroupHeartbeatResponse.AssignmentData Assignment(HeldPartitions held) => new()
    {
        TopicPartitions =
        [
            .. held.ToPartitions().Topics.Select(topic => new ConsumerGroupHeartbeatResponse.TopicPartitionsData
            {
                TopicId = topic.Key,
                Partitions = [.. topic.Value],
            }),
        ],
    };
}
