using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Admin;

/// <summary>
/// Asks one coordinator for groups of either protocol: first as groups of the new one (KIP-848), and what it does not know
/// as such, as classic groups.
/// </summary>
internal static class DescribeGroups
{
    public static async Task<IEnumerable<KeyValuePair<string, AdminResult<GroupDescription>>>> AskAsync(
        BrokerConnection connection, BrokerNode coordinator, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        Dictionary<string, AdminResult<GroupDescription>> answers = new(StringComparer.Ordinal);
        if (connection.Versions.TryChoose<ConsumerGroupDescribeRequest>(out short version))
        {
            ConsumerGroupDescribeResponse response = await connection.SendAsync(
                new ConsumerGroupDescribeRequest { GroupIds = [.. groups] }, version, cancellation);
            foreach (ConsumerGroupDescribeResponse.DescribedGroup group in response.Groups)
            {
                // Both say that it may still be a classic group; the second comes where the new protocol is switched off.
                if (group.ErrorCode is not (ErrorCode.GroupIdNotFound or ErrorCode.UnsupportedVersion))
                {
                    answers[group.GroupId] = Result(group.GroupId, group.ErrorCode, group.ErrorMessage, () => Describe(group, coordinator));
                }
            }
        }

        string[] rest = [.. groups.Where(id => !answers.ContainsKey(id))];
        if (rest.Length > 0)
        {
            DescribeGroupsResponse response = await connection.SendAsync(new DescribeGroupsRequest { Groups = rest }, cancellation);
            foreach (DescribeGroupsResponse.DescribedGroup group in response.Groups)
            {
                answers[group.GroupId] = Result(group.GroupId, Code(group), group.ErrorMessage, () => Describe(group, coordinator));
            }
        }

        return answers;
    }

    /// <summary>Before version 6 a group that does not exist is a dead one.</summary>
    private static ErrorCode Code(DescribeGroupsResponse.DescribedGroup group) =>
        group.ErrorCode == ErrorCode.None && GroupNames.State(group.GroupState) == GroupState.Dead ? ErrorCode.GroupIdNotFound : group.ErrorCode;

    private static AdminResult<GroupDescription> Result(string group, ErrorCode code, string? message, Func<GroupDescription> describe) =>
        code switch
        {
            ErrorCode.None => new AdminResult<GroupDescription>(describe()),
            ErrorCode.GroupIdNotFound => new AdminResult<GroupDescription>(new GroupException(group, code)),
            _ => new AdminResult<GroupDescription>(new GroupException(group, code, message)),
        };

    private static GroupDescription Describe(DescribeGroupsResponse.DescribedGroup group, BrokerNode coordinator)
    {
        bool isConsumers = group.ProtocolType is "consumer" or "";
        return new GroupDescription(
            group.GroupId,
            GroupType.Classic,
            GroupNames.State(group.GroupState),
            group.ProtocolType,
            group.ProtocolData,
            coordinator,
            GroupEpoch: null,
            AssignmentEpoch: null,
            [
                .. group.Members.Select(member => new MemberDescription(
                    member.MemberId,
                    member.GroupInstanceId,
                    member.ClientId,
                    member.ClientHost,
                    isConsumers ? ConsumerAssignment.Read(member.MemberAssignment) : [],
                    Epoch: null,
                    TargetAssignment: null,
                    IsUpgraded: null)),
            ]);
    }

    private static GroupDescription Describe(ConsumerGroupDescribeResponse.DescribedGroup group, BrokerNode coordinator) => new(
        group.GroupId,
        GroupType.Consumer,
        GroupNames.State(group.GroupState),
        "consumer",
        group.AssignorName,
        coordinator,
        group.GroupEpoch,
        group.AssignmentEpoch,
        [
            .. group.Members.Select(member => new MemberDescription(
                member.MemberId,
                member.InstanceId,
                member.ClientId,
                member.ClientHost,
                Partitions(member.Assignment),
                member.MemberEpoch,
                Partitions(member.TargetAssignment),
                member.MemberType switch { 0 => false, 1 => true, _ => null })),
        ]);

    private static IReadOnlyList<TopicPartition> Partitions(ConsumerGroupDescribeResponse.AssignmentData assignment) =>
        ConsumerAssignment.Ordered(
            from topic in assignment.TopicPartitions
            from partition in topic.Partitions
            select new TopicPartition(topic.TopicName, partition));
}
