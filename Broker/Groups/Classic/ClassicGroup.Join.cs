using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <content>JoinGroup.</content>
internal sealed partial class ClassicGroup
{
    /// <summary>Kafka's own: how long a new member may take for its first rebalance.</summary>
    private const int NewMemberTimeoutMs = 5 * 60 * 1000;

    /// <summary>The answer comes when everybody has joined, or at once where there is nothing to wait for.</summary>
    /// <param name="join">A request whose bytes stay valid.</param>
    /// <param name="newMemberId">Given to a client that has no member id yet.</param>
    /// <param name="version">From 4 on a member comes back with its id first (KIP-394); from 9 on a leader can be told to assign nothing.</param>
    public void Join(
        JoinGroupRequest join, ClientOrigin origin, string newMemberId, short version, TaskCompletionSource<JoinGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        ClassicProtocol[] protocols = [.. join.Protocols.Select(each => new ClassicProtocol(each.Name, each.Metadata))];
        ErrorCode refusal = State == ClassicGroupState.Dead ? ErrorCode.CoordinatorNotAvailable
            : !Supports(join.ProtocolType, protocols) && !IsRejoinOfOnlyMember(join, protocols) ? ErrorCode.InconsistentGroupProtocol
            : !HasRoomFor(join) ? ErrorCode.GroupMaxSizeReached
            : ErrorCode.None;
        if (refusal != ErrorCode.None)
        {
            effects.Answer(reply, Refusal(refusal, join.MemberId));
        }
        else if (join.MemberId.Length == 0)
        {
            JoinUnknown(join, protocols, origin, newMemberId, version, reply, nowMs, effects);
        }
        else
        {
            JoinKnown(join, protocols, origin, reply, nowMs, effects);
        }
    }

    public static JoinGroupResponse Refusal(ErrorCode error, string memberId) => new() { ErrorCode = error, MemberId = memberId };

    /// <summary>A group's only member may change its mind entirely.</summary>
    private bool IsRejoinOfOnlyMember(JoinGroupRequest join, ClassicProtocol[] protocols) =>
        _members.Count == 1 && protocols.Length > 0 && join.ProtocolType == ProtocolType && _members.ContainsKey(join.MemberId);

    /// <summary>In a rebalance those that have joined again go first; a group never shrinks because its limit has.</summary>
    private bool HasRoomFor(JoinGroupRequest join)
    {
        bool isMember = _members.TryGetValue(join.MemberId, out ClassicMember? member)
            || (join.GroupInstanceId is { } instance && _byInstance.ContainsKey(instance));
        return State switch
        {
            ClassicGroupState.Empty => true,
            ClassicGroupState.PreparingRebalance => member?.AwaitingJoin is not null
                || _members.Values.Count(each => each.AwaitingJoin is not null) < Settings.MaxSize,
            _ => isMember || _members.Count < Settings.MaxSize,
        };
    }

    private void JoinUnknown(
        JoinGroupRequest join, ClassicProtocol[] protocols, ClientOrigin origin, string newMemberId, short version, TaskCompletionSource<JoinGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        if (join.GroupInstanceId is { } instance)
        {
            if (_byInstance.TryGetValue(instance, out string? former))
            {
                Replace(_members[former], newMemberId, join, protocols, origin, version, reply, nowMs, effects);
            }
            else
            {
                AddAndRebalance(newMemberId, join, protocols, origin, reply, nowMs, effects);
            }
        }
        else if (version >= 4)
        {
            // Comes back with the id: a client that tries again after a lost answer leaves no member behind (KIP-394).
            _pending[newMemberId] = nowMs + join.SessionTimeoutMs;
            WakeAt(nowMs + join.SessionTimeoutMs);
            effects.Answer(reply, Refusal(ErrorCode.MemberIdRequired, newMemberId));
        }
        else
        {
            AddAndRebalance(newMemberId, join, protocols, origin, reply, nowMs, effects);
        }
    }

    private void JoinKnown(
        JoinGroupRequest join, ClassicProtocol[] protocols, ClientOrigin origin, TaskCompletionSource<JoinGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        if (join.GroupInstanceId is null && _pending.Remove(join.MemberId))
        {
            AddAndRebalance(join.MemberId, join, protocols, origin, reply, nowMs, effects);
            return;
        }

        ErrorCode error = Check(join.MemberId, join.GroupInstanceId, out ClassicMember? member);
        if (error != ErrorCode.None || State == ClassicGroupState.Empty)
        {
            effects.Answer(reply, Refusal(error == ErrorCode.None ? ErrorCode.UnknownMemberId : error, join.MemberId));
            return;
        }

        bool isToRebalance = State switch
        {
            ClassicGroupState.PreparingRebalance => true,

            // The same again is a client whose answer was lost.
            ClassicGroupState.CompletingRebalance => !member!.Says(protocols),

            // The leader's asks for a rebalance: it may have seen new partitions.
            _ => member!.Id == Leader || !member.Says(protocols),
        };
        if (isToRebalance)
        {
            Update(member!, join, protocols, origin);
            Await(member!, reply, effects);
            Touch(member!, nowMs);
            RebalanceOrComplete(nowMs, effects);
        }
        else
        {
            Touch(member!, nowMs);
            effects.Answer(reply, CurrentGeneration(member!, withMembers: State == ClassicGroupState.CompletingRebalance));
        }
    }

    private void AddAndRebalance(
        string memberId, JoinGroupRequest join, ClassicProtocol[] protocols, ClientOrigin origin, TaskCompletionSource<JoinGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        ClassicMember member = new(memberId, join.GroupInstanceId, origin) { IsNew = true };
        Update(member, join, protocols, origin);
        if (_members.Count == 0)
        {
            ProtocolType = join.ProtocolType;
        }

        Add(member);
        _hasGrown = true;
        Await(member, reply, effects);
        member.SessionDeadlineMs = nowMs + NewMemberTimeoutMs;
        WakeAt(member.SessionDeadlineMs);
        RebalanceOrComplete(nowMs, effects);
    }

    private static void Update(ClassicMember member, JoinGroupRequest join, ClassicProtocol[] protocols, ClientOrigin origin)
    {
        member.Protocols = protocols;
        member.Origin = origin;
        member.SessionTimeoutMs = join.SessionTimeoutMs;
        member.RebalanceTimeoutMs = join.RebalanceTimeoutMs < 0 ? join.SessionTimeoutMs : join.RebalanceTimeoutMs;
    }

    /// <summary>A join that was held back already is of a connection that is gone, or of a client that has lost patience.</summary>
    private static void Await(ClassicMember member, TaskCompletionSource<JoinGroupResponse> reply, GroupEffects effects)
    {
        if (member.AwaitingJoin is { } former)
        {
            effects.Answer(former, Refusal(ErrorCode.RebalanceInProgress, member.Id));
        }

        member.AwaitingJoin = reply;
    }

    private JoinGroupResponse CurrentGeneration(ClassicMember member, bool withMembers) => new()
    {
        GenerationId = Generation,
        ProtocolType = ProtocolType,
        ProtocolName = Protocol,
        Leader = Leader ?? "",
        MemberId = member.Id,
        Members = withMembers && member.Id == Leader ? JoinedMembers() : [],
    };

    private JoinGroupResponse.JoinGroupResponseMember[] JoinedMembers() =>
    [
        .. _members.Values.Select(each => new JoinGroupResponse.JoinGroupResponseMember
        {
            MemberId = each.Id,
            GroupInstanceId = each.InstanceId,
            Metadata = each.MetadataOf(Protocol),
        }),
    ];
}
