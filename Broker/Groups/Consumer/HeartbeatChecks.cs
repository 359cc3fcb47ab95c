using KLog.Broker.Groups.Assignors;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ What is wrong with a ConsumerGroupHeartbeat request, before and after its member is looked up.</summary>
internal static class HeartbeatChecks
{
    /// <summary>From this version on clients make their own member ids.</summary>
    private const short OwnMemberIdVersion = 1;

    /// <summary>Of the fields alone.</summary>
    public static Refusal? Fields(
        ConsumerGroupHeartbeatRequest request, short version, IReadOnlyDictionary<string, IPartitionAssignor> assignors)
    {
        string? fault = Identity(request, version) ?? (request.MemberEpoch == 0 ? Joining(request) : null);
        if (fault is not null)
        {
            return new Refusal(ErrorCode.InvalidRequest, fault);
        }

        if (request.ServerAssignor is { Length: > 0 } assignor && !assignors.ContainsKey(assignor))
        {
            return new Refusal(
                ErrorCode.UnsupportedAssignor,
                $"ServerAssignor {assignor} is not supported. Supported assignors: {string.Join(", ", assignors.Keys)}.");
        }

        return request.SubscribedTopicRegex is { Length: > 0 } expression && TopicExpressions.Fault(expression) is { } reason
            ? new Refusal(
                ErrorCode.InvalidRegularExpression,
                $"SubscribedTopicRegex `{expression}` is not a valid regular expression: {reason}.")
            : null;
    }

    /// <summary>
    /// Of the epoch. Joining anew is always allowed; the previous epoch is, too, where the member owns nothing that it should
    /// not: then the answer that told it of its epoch has been lost.
    /// </summary>
    public static Refusal? Epoch(ConsumerMember member, ConsumerGroupHeartbeatRequest request)
    {
        int epoch = request.MemberEpoch;
        if (epoch == 0 || epoch == member.Epoch)
        {
            return null;
        }

        if (epoch > member.Epoch)
        {
            return new Refusal(
                ErrorCode.FencedMemberEpoch,
                $"The consumer group member has a greater member epoch ({epoch}) than the one known by the group coordinator "
                + $"({member.Epoch}). The member must abandon all its partitions and rejoin.");
        }

        return epoch == member.PreviousEpoch && request.TopicPartitions is { } owned && member.Assigned.ContainsAll(owned)
            ? null
            : new Refusal(
                ErrorCode.FencedMemberEpoch,
                $"The consumer group member has a smaller member epoch ({epoch}) than the one known by the group coordinator "
                + $"({member.Epoch}). The member must abandon all its partitions and rejoin.");
    }

    public static Refusal UnknownMember(string memberId, string group) =>
        new(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {group}.");

    public static Refusal UnknownInstance(string instanceId) =>
        new(ErrorCode.UnknownMemberId, $"Instance id {instanceId} is unknown.");

    public static Refusal FencedInstance(string memberId, string instanceId, string owner) =>
        new(ErrorCode.FencedInstanceId, $"Static member {memberId} with instance id {instanceId} was fenced by member {owner}.");

    public static Refusal UnreleasedInstance(string memberId, string instanceId, string owner) =>
        new(
            ErrorCode.UnreleasedInstanceId,
            $"Static member {memberId} with instance id {instanceId} cannot join the group because the instance id is owned by "
            + $"{owner} member.");

    public static Refusal Full(int membersMax) =>
        new(ErrorCode.GroupMaxSizeReached, $"The consumer group has reached its maximum capacity of {membersMax} members.");

    /// <summary>What is wrong with whom it says that it is of and from, whatever group there is.</summary>
    public static string? Identity(ConsumerGroupHeartbeatRequest request, short version)
    {
        int epoch = request.MemberEpoch;
        bool needsMemberId = version >= OwnMemberIdVersion || epoch != 0;
        return string.IsNullOrWhiteSpace(request.GroupId) ? "GroupId can't be empty."
            : IsBlank(request.InstanceId) ? "InstanceId can't be empty."
            : !RecordText.Fits(request.MemberId) || !RecordText.Fits(request.InstanceId) ? "MemberId and InstanceId must not be longer than 32767 bytes."
            : IsBlank(request.RackId) ? "RackId can't be empty."
            : epoch < ConsumerMember.StaticLeaveEpoch ? "MemberEpoch is invalid."
            : needsMemberId && string.IsNullOrWhiteSpace(request.MemberId) ? "MemberId can't be empty."
            : epoch == ConsumerMember.StaticLeaveEpoch && request.InstanceId is null ? "InstanceId can't be null."
            : null;
    }

    private static string? Joining(ConsumerGroupHeartbeatRequest request) =>
        request.RebalanceTimeoutMs == -1 ? "RebalanceTimeoutMs must be provided in first request."
        : request.TopicPartitions is not { Length: 0 } ? "TopicPartitions must be empty when (re-)joining."
        : request.SubscribedTopicNames is null && request.SubscribedTopicRegex is null
            ? "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."
            : null;

    private static bool IsBlank(string? value) => value is not null && string.IsNullOrWhiteSpace(value);
}
