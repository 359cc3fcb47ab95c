using KLog.Protocol.Groups;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <content>The group in the log, and as others see it.</content>
internal sealed partial class ClassicGroup
{
    /// <summary>Read by every Kafka from 2.3 on.</summary>
    private const short RecordVersion = 3;

    /// <summary>Removes a group from the log.</summary>
    public static GroupRecord Tombstone(string id) =>
        GroupRecord.Of<GroupMetadataValue>(GroupRecordType.GroupMetadata, id, null, RecordVersion);

    /// <summary>As it stands.</summary>
    public GroupRecord Record() => GroupRecord.Of(
        GroupRecordType.GroupMetadata,
        Id,
        new GroupMetadataValue
        {
            ProtocolType = ProtocolType ?? "",
            Generation = Generation,
            Protocol = Protocol,
            Leader = Leader,
            CurrentStateTimestamp = StateSinceMs,
            Members =
            [
                .. _members.Values.Select(each => new GroupMetadataValue.MemberMetadata
                {
                    MemberId = each.Id,
                    GroupInstanceId = each.InstanceId,
                    ClientId = each.Origin.ClientId,
                    ClientHost = each.Origin.Host,
                    RebalanceTimeout = each.RebalanceTimeoutMs,
                    SessionTimeout = each.SessionTimeoutMs,
                    Subscription = each.MetadataOf(Protocol),
                    Assignment = each.Assignment,
                }),
            ],
        },
        RecordVersion);

    /// <summary>Takes the state of a record, in place of what was there. Its bytes must stay valid.</summary>
    public void Load(GroupMetadataValue value)
    {
        _members.Clear();
        _byInstance.Clear();
        _pending.Clear();
        ProtocolType = value.ProtocolType.Length == 0 ? null : value.ProtocolType;
        Generation = value.Generation;
        Protocol = value.Protocol;
        StateSinceMs = value.CurrentStateTimestamp;
        State = value.Members.Length == 0 ? ClassicGroupState.Empty : ClassicGroupState.Stable;
        foreach (GroupMetadataValue.MemberMetadata each in value.Members)
        {
            Add(new ClassicMember(each.MemberId, each.GroupInstanceId, new ClientOrigin(each.ClientId, each.ClientHost))
            {
                RebalanceTimeoutMs = each.RebalanceTimeout < 0 ? each.SessionTimeout : each.RebalanceTimeout,
                SessionTimeoutMs = each.SessionTimeout,
                Protocols = Protocol is null ? [] : [new ClassicProtocol(Protocol, each.Subscription)],
                Assignment = each.Assignment,
            });
        }

        Leader = value.Leader;
    }

    /// <summary>Members have a whole session from now on to be heard of.</summary>
    public void OnLoaded(long nowMs)
    {
        foreach (ClassicMember member in _members.Values)
        {
            Touch(member, nowMs);
        }
    }

    public ClassicGroupFacts Facts() => new(
        Id,
        Generation,
        ProtocolType,
        Protocol,
        Leader,
        [
            .. _members.Values.Select(each => new ClassicMemberFacts(
                each.Id, each.InstanceId, each.Origin, each.RebalanceTimeoutMs, each.SessionTimeoutMs, each.Protocols, each.Assignment)),
        ]);

    /// <summary>A consumer group that has come down, stable in its generation (KIP-848).</summary>
    public static ClassicGroup From(ClassicGroupFacts facts, GroupSettings settings, long nowMs)
    {
        ClassicGroup group = new(facts.GroupId, settings)
        {
            Generation = facts.Generation,
            ProtocolType = facts.ProtocolType,
            Protocol = facts.Protocol,
        };
        foreach (ClassicMemberFacts each in facts.Members)
        {
            ClassicMember member = new(each.MemberId, each.InstanceId, each.Origin)
            {
                RebalanceTimeoutMs = each.RebalanceTimeoutMs,
                SessionTimeoutMs = each.SessionTimeoutMs,
                Protocols = each.Protocols,
                Assignment = each.Assignment,
            };
            group.Add(member);
            group.Touch(member, nowMs);
        }

        group.Leader = facts.Leader ?? group.Leader;
        group.Enter(group._members.Count > 0 ? ClassicGroupState.Stable : ClassicGroupState.Empty, nowMs);
        return group;
    }

    /// <summary>Calls the members to join again.</summary>
    public void Rebalance(long nowMs, GroupEffects effects) => PrepareRebalance(nowMs, effects);

    public DescribeGroupsResponse.DescribedGroup Describe()
    {
        bool isStable = State == ClassicGroupState.Stable;
        return new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = Id,
            GroupState = State.ToString(),
            ProtocolType = ProtocolType ?? "",
            ProtocolData = isStable ? Protocol ?? "" : "",
            Members =
            [
                .. _members.Values.Select(each => new DescribeGroupsResponse.DescribedGroup.DescribedGroupMember
                {
                    MemberId = each.Id,
                    GroupInstanceId = each.InstanceId,
                    ClientId = each.Origin.ClientId,
                    ClientHost = each.Origin.Host,
                    MemberMetadata = isStable ? each.MetadataOf(Protocol) : default,
                    MemberAssignment = isStable ? each.Assignment : default,
                }),
            ],
        };
    }
}
