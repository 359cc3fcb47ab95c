using KLog.Clients.Admin;
using KLog.Protocol;

namespace KLog.Cli.Groups;

/// <summary>The tables of <c>groups describe</c> ◆: columns, their order and the order of rows are Kafka's.</summary>
internal static class GroupTables
{
    /// <summary>What is worth saying of a group's state.</summary>
    public static string? Remark(GroupDescription group) => group.State switch
    {
        GroupState.Empty => $"consumer group '{group.GroupId}' has no active members",
        GroupState.PreparingRebalance or GroupState.CompletingRebalance or GroupState.Assigning or GroupState.Reconciling =>
            $"consumer group '{group.GroupId}' is rebalancing",
        _ => null,
    };

    /// <summary>
    /// First what members own, by the member with most partitions; then what is committed and owned by none. Null where there
    /// is neither.
    /// </summary>
    /// <param name="end">The end of a partition's log; null when it is not known.</param>
    public static KafkaTable? Offsets(
        GroupDescription group, IReadOnlyDictionary<TopicPartition, CommittedOffset> committed, Func<TopicPartition, long?> end, bool verbose)
    {
        List<(string, int)> columns = [("GROUP", 15), ("TOPIC", 15), ("PARTITION", 10)];
        columns.AddRange(verbose ? [("LEADER-EPOCH", 15)] : []);
        columns.AddRange([("CURRENT-OFFSET", 15), ("LOG-END-OFFSET", 15), ("LAG", 15), ("CONSUMER-ID", 15), ("HOST", 15), ("CLIENT-ID", 0)]);
        KafkaTable table = new([.. columns]);
        HashSet<TopicPartition> owned = [];
        foreach (MemberDescription member in group.Members.OrderByDescending(each => each.Assignment.Count))
        {
            foreach (TopicPartition partition in member.Assignment)
            {
                owned.Add(partition);
                Add(partition, member);
            }
        }

        TopicPartition[] rest = [.. committed.Keys.Where(each => !owned.Contains(each)).Order(Clients.Metadata.PartitionOrder.Instance)];
        foreach (TopicPartition partition in rest)
        {
            Add(partition, null);
        }

        return owned.Count + rest.Length == 0 ? null : table;

        void Add(TopicPartition partition, MemberDescription? member)
        {
            CommittedOffset? offset = committed.GetValueOrDefault(partition);
            long? logEnd = end(partition);
            List<object?> cells = [group.GroupId, partition.Topic, partition.Partition];
            cells.AddRange(verbose ? [offset is { LeaderEpoch: >= 0 } ? offset.LeaderEpoch : null] : Array.Empty<object?>());
            cells.AddRange([offset?.Offset, logEnd, Lag.Of(offset?.Offset, logEnd), member?.MemberId, member?.Host, member?.ClientId]);
            table.Add([.. cells]);
        }
    }

    /// <summary>A group without members has a table without rows.</summary>
    public static KafkaTable Members(GroupDescription group, bool verbose)
    {
        bool showsInstances = group.Members.Any(each => each.GroupInstanceId is { Length: > 0 });
        bool isMixed = group.Members.Any(each => each.IsUpgraded == false);
        List<(string, int)> columns = [("GROUP", 15), ("CONSUMER-ID", 15)];
        columns.AddRange(showsInstances ? [("GROUP-INSTANCE-ID", 17)] : []);
        columns.AddRange([("HOST", 15), ("CLIENT-ID", 15), ("#PARTITIONS", 15)]);
        columns.AddRange(verbose ? [("CURRENT-EPOCH", 15), ("CURRENT-ASSIGNMENT", 20), ("TARGET-EPOCH", 15), ("TARGET-ASSIGNMENT", 20)] : []);
        columns.AddRange(verbose && isMixed ? [("UPGRADED", 0)] : []);
        KafkaTable table = new([.. columns]);
        foreach (MemberDescription member in group.Members)
        {
            List<object?> cells = [group.GroupId, member.MemberId];
            cells.AddRange(showsInstances ? [member.GroupInstanceId ?? ""] : Array.Empty<object?>());
            cells.AddRange([member.Host, member.ClientId, member.Assignment.Count]);
            cells.AddRange(verbose
                ? [member.Epoch, Text(member.Assignment), TargetEpoch(group, member), Text(member.TargetAssignment)]
                : Array.Empty<object?>());
            cells.AddRange(verbose && isMixed ? [member.IsUpgraded switch { true => "true", false => "false", null => null }] : Array.Empty<object?>());
            table.Add([.. cells]);
        }

        return table;
    }

    public static KafkaTable State(GroupDescription group, bool verbose)
    {
        string coordinator = $"{group.Coordinator.Address}  ({group.Coordinator.Id})";
        string? assignor = group.Assignor.Length > 0 ? group.Assignor : null;
        if (!verbose)
        {
            KafkaTable table = new(("GROUP", 15), ("COORDINATOR (ID)", 25), ("ASSIGNMENT-STRATEGY", 20), ("STATE", 20), ("#MEMBERS", 0));
            table.Add(group.GroupId, coordinator, assignor, group.State, group.Members.Count);
            return table;
        }

        KafkaTable all = new(
            ("GROUP", 15), ("COORDINATOR (ID)", 25), ("ASSIGNMENT-STRATEGY", 20), ("STATE", 20), ("GROUP-EPOCH", 15), ("TARGET-ASSIGNMENT-EPOCH", 25), ("#MEMBERS", 0));
        all.Add(group.GroupId, coordinator, assignor, group.State, group.GroupEpoch, group.AssignmentEpoch, group.Members.Count);
        return all;
    }

    private static int? TargetEpoch(GroupDescription group, MemberDescription member) =>
        member.TargetAssignment is { Count: > 0 } ? group.AssignmentEpoch : null;

    /// <summary><c>orders:0,1;payments:2</c>; null for none.</summary>
    private static string? Text(IReadOnlyList<TopicPartition>? partitions) => partitions is not { Count: > 0 }
        ? null
        : string.Join(';', partitions.GroupBy(each => each.Topic, each => each.Partition).Select(topic => $"{topic.Key}:{string.Join(',', topic)}"));
}
