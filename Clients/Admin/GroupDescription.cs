using KLog.Clients.Metadata;
using KLog.Protocol;

namespace KLog.Clients.Admin;

/// <summary>A group with its members.</summary>
/// <param name="Assignor">Of a classic group the strategy its members agreed on, of another the server's assignor.</param>
/// <param name="GroupEpoch">Null of a classic group.</param>
/// <param name="AssignmentEpoch">The epoch that the target assignment was made for. Null of a classic group.</param>
public sealed record GroupDescription(
    string GroupId,
    GroupType Type,
    GroupState State,
    string ProtocolType,
    string Assignor,
    BrokerNode Coordinator,
    int? GroupEpoch,
    int? AssignmentEpoch,
    IReadOnlyList<MemberDescription> Members);

/// <summary>A member of a group.</summary>
/// <param name="Assignment">What it owns, in order.</param>
/// <param name="Epoch">Null of a member of a classic group.</param>
/// <param name="TargetAssignment">What it is to own. Null of a member of a classic group.</param>
/// <param name="IsUpgraded">Whether it speaks the new protocol; null when that is not told.</param>
public sealed record MemberDescription(
    string MemberId,
    string? GroupInstanceId,
    string ClientId,
    string Host,
    IReadOnlyList<TopicPartition> Assignment,
    int? Epoch,
    IReadOnlyList<TopicPartition>? TargetAssignment,
    bool? IsUpgraded);
