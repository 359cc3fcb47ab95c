using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <content>
/// Members that speak the classic protocol in a consumer group. To them each step of their reconciliation is a rebalance of
/// their own: Heartbeat calls for it, JoinGroup takes it, SyncGroup tells what came of it. Nobody is a leader.
/// </content>
internal sealed partial class ConsumerGroup
{
    /// <summary>From this version on a member joins twice: first for its id (KIP-394).</summary>
    private const short TwiceVersion = 4;

    /// <summary>A member that speaks the classic protocol joins, or takes its next step.</summary>
    public Outcome<JoinGroupResponse> ClassicJoin(JoinGroupRequest request, short version, ClientOrigin origin, GroupContext context)
    {
        bool isNameless = request.MemberId.Length == 0;
        string memberId = isNameless ? newMemberId() : request.MemberId;
        ConsumerMember? former = Former(memberId, request.GroupInstanceId);
        ErrorCode refusal = RefuseJoin(request, former, context);
        if (refusal == ErrorCode.None && isNameless && request.GroupInstanceId is null && version >= TwiceVersion)
        {
            refusal = ErrorCode.MemberIdRequired;
        }

        if (refusal != ErrorCode.None)
        {
            return new(new JoinGroupResponse { ErrorCode = refusal, MemberId = memberId });
        }

        try
        {
            return Joined(request, memberId, former, ClassicAssignments.Subscription(request.Protocols[0].Metadata), origin, context);
        }
        catch (ProtocolViolationException)
        {
            return new(new JoinGroupResponse { ErrorCode = ErrorCode.InconsistentGroupProtocol, MemberId = memberId });
        }
    }

    private ErrorCode RefuseJoin(JoinGroupRequest request, ConsumerMember? former, GroupContext context)
    {
        if (former is null && State.Members.Count >= context.Settings.MaxSize)
        {
            return ErrorCode.GroupMaxSizeReached;
        }

        if (request.ProtocolType != ProtocolType || !IsProtocolOfAll(request.Protocols))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        bool isStatic = request.GroupInstanceId is not null && request.MemberId.Length > 0;
        return isStatic && former is null ? ErrorCode.UnknownMemberId
            : isStatic && former!.MemberId != request.MemberId ? ErrorCode.FencedInstanceId
            : ErrorCode.None;
    }

    /// <summary>Whether one of the protocols is known to every member that speaks the classic protocol.</summary>
    private bool IsProtocolOfAll(JoinGroupRequest.JoinGroupRequestProtocol[] protocols)
    {
        ClassicMembership[] others = [.. State.Members.Values.Select(member => member.Classic).OfType<ClassicMembership>()];
        return protocols.Any(mine => others.All(other => other.Protocols.Any(theirs => theirs.Name == mine.Name)));
    }

    private Outcome<JoinGroupResponse> Joined(
        JoinGroupRequest request,
        string memberId,
        ConsumerMember? former,
        ConsumerProtocolSubscription subscription,
        ClientOrigin origin,
        GroupContext context)
    {
        bool isReplaced = former is not null && former.MemberId != memberId;
        ConsumerMember member = isReplaced
            ? former! with { MemberId = memberId, Epoch = 0, PreviousEpoch = 0 }
            : former ?? new ConsumerMember(memberId);
        ConsumerMember updated = WithClassic(member, request, subscription, origin);
        bool isChanged = former is null || !updated.HasSameSubscription(member);
        ConsumerGroupDraft draft = new(State, context);
        if (isReplaced)
        {
            draft.Replace(former!, member);
        }

        draft.Describe(updated);
        bool isClusterNew = !ReferenceEquals(_seen, context.Cluster);
        var owned = ClassicAssignments.Owned(subscription, context.Cluster);
        if (isReplaced && former!.Classic is null && DowngradeWithout([former], context, updated, isChanged) is not null)
        {
            ConsumerMember kept = isChanged ? updated : Rebalance.Reconcile(draft, updated, owned);
            return new(JoinResponse(kept), draft.Downgrade(DowngradeWithout([former], context, kept, isChanged)!));
        }

        Rebalance.Refresh(draft, assignors, isChanged, isClusterNew);
        ConsumerMember reconciled = Rebalance.Reconcile(draft, updated, owned);
        draft.Set(memberId, DeadlineKind.Session, request.SessionTimeoutMs);
        draft.Set(memberId, DeadlineKind.Join, MemberDeadlines.Never);
        draft.Set(memberId, DeadlineKind.Sync, updated.RebalanceTimeoutMs);
        return new(JoinResponse(reconciled), draft.Finish());
    }

    private static ConsumerMember WithClassic(
        ConsumerMember member, JoinGroupRequest request, ConsumerProtocolSubscription subscription, ClientOrigin origin) => member with
        {
            InstanceId = request.GroupInstanceId ?? member.InstanceId,
            RackId = string.IsNullOrEmpty(subscription.RackId) ? member.RackId : subscription.RackId,
            Origin = origin,

            // Version 0 of the request has one time-out for both.
            RebalanceTimeoutMs = request.RebalanceTimeoutMs == -1 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs,
            Topics = ConsumerMember.InOrder(subscription.Topics),
            Expression = null,
            Classic = new ClassicMembership(
                request.SessionTimeoutMs,
                [.. request.Protocols.Select(protocol => new ClassicProtocol(protocol.Name, protocol.Metadata.ToArray()))]),
        };

    private static JoinGroupResponse JoinResponse(ConsumerMember member) => new()
    {
        MemberId = member.MemberId,
        GenerationId = member.Epoch,
        ProtocolType = ProtocolType,
        ProtocolName = member.Classic!.Protocols[0].Name,
    };
}
