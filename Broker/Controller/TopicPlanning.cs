using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Broker.Controller;

/// <summary>What topics get that do not say.</summary>
public readonly record struct TopicDefaults(int Partitions, short ReplicationFactor);

/// <summary>
/// ◆ Decides whether a topic can be made or grown, and where its replicas go. Errors and their order are Kafka 3.9's,
/// except that an assignment to a broker that is not there, or to none, is refused as Kafka 4 does: it could never lead.
/// </summary>
/// <param name="checkConfigs">Says what is wrong with a topic's own configs, or null.</param>
public sealed class TopicPlanning(
    TopicDefaults defaults,
    Func<IReadOnlyDictionary<string, string>, string?> checkConfigs,
    Random random)
{
    /// <summary>The most partitions that one request may make of one topic: more is a slip, and would hold up all else.</summary>
    public const int MostPartitions = 100_000;

    /// <summary>A topic with the states of its partitions, none of which is in the tree yet; or why not.</summary>
    public TopicResult PlanNew(ControllerState state, NewTopic topic, int controllerEpoch)
    {
        Dictionary<string, string> configs = [];
        TopicRefusal? refusal = CheckName(state, topic.Name) ?? CheckShape(topic) ?? CollectConfigs(topic, configs);
        if (refusal is { } early)
        {
            return TopicResult.Refused(topic.Name, early);
        }

        refusal = topic.Assignments is null
            ? PlaceNew(state, topic, out IReadOnlyList<IReadOnlyList<int>> replicas)
            : TakeAssignments(state, topic.Assignments, out replicas);
        if (refusal is null && checkConfigs(configs) is { } fault)
        {
            refusal = new TopicRefusal(ErrorCode.InvalidConfig, fault);
        }

        return refusal is { } late
            ? TopicResult.Refused(topic.Name, late)
            : TopicResult.Done(new TopicRecord(topic.Name, UuidText.NewId(), NewPartitions(state, replicas, controllerEpoch), configs, 0));
    }

    /// <summary>The topic with more partitions; the new ones' states are not in the tree yet. Or why not.</summary>
    public static TopicResult PlanGrowth(ControllerState state, GrowingTopic growing, int controllerEpoch)
    {
        if (state.Find(growing.Name) is not { } topic)
        {
            return TopicResult.Refused(growing.Name, ErrorCode.UnknownTopicOrPartition, $"The topic '{growing.Name}' does not exist.");
        }

        int present = topic.Partitions.Count;
        TopicRefusal? refusal = CheckGrowth(topic, growing.Count);
        IReadOnlyList<IReadOnlyList<int>> replicas = [];
        refusal ??= growing.Assignments is null
            ? PlaceMore(state, topic, growing.Count - present, out replicas)
            : TakeMore(state, topic, growing.Count - present, growing.Assignments, out replicas);
        return refusal is { } why
            ? TopicResult.Refused(growing.Name, why)
            : TopicResult.Done(topic with { Partitions = [.. topic.Partitions, .. NewPartitions(state, replicas, controllerEpoch)] });
    }

    private static TopicRefusal? CheckName(ControllerState state, string name)
    {
        if (state.Find(name) is not null)
        {
            return new TopicRefusal(ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (TopicNames.Fault(name) is { } fault)
        {
            return new TopicRefusal(ErrorCode.InvalidTopicException, fault);
        }

        return state.CollidingWith(name) is { } other
            ? new TopicRefusal(ErrorCode.InvalidTopicException, $"Topic '{name}' collides with existing topics: {other}")
            : null;
    }

    private static TopicRefusal? CheckShape(NewTopic topic) =>
        topic.Assignments is not null && (topic.Partitions != -1 || topic.ReplicationFactor != -1)
            ? new TopicRefusal(
                ErrorCode.InvalidRequest,
                "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same time.")
            : null;

    private static TopicRefusal? CollectConfigs(NewTopic topic, Dictionary<string, string> configs)
    {
        string[] nulls = [.. topic.Configs.Where(config => config.Value is null).Select(config => config.Key)];
        if (nulls.Length > 0)
        {
            return new TopicRefusal(ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {string.Join(',', nulls)}");
        }

        foreach ((string name, string? value) in topic.Configs)
        {
            configs[name] = value!;
        }

        return null;
    }

    private static TopicRefusal? CheckGrowth(TopicRecord topic, int count)
    {
        int present = topic.Partitions.Count;
        if (topic.Partitions.Any(partition => partition.Assignment.Adding.Count + partition.Assignment.Removing.Count > 0))
        {
            return new TopicRefusal(ErrorCode.ReassignmentInProgress, $"A partition reassignment is in progress for the topic '{topic.Name}'.");
        }

        if (count < present)
        {
            return new TopicRefusal(ErrorCode.InvalidPartitions, $"Topic currently has {present} partitions, which is higher than the requested {count}.");
        }

        if (count == present)
        {
            return new TopicRefusal(ErrorCode.InvalidPartitions, $"Topic already has {present} partitions.");
        }

        return count - present > MostPartitions ? TooMany(count - present) : null;
    }

    private static TopicRefusal TooMany(int partitions) =>
        new(ErrorCode.InvalidPartitions, $"{partitions} partitions are more than the {MostPartitions} that one request may make of a topic.");

    private static PartitionRecord[] NewPartitions(ControllerState state, IReadOnlyList<IReadOnlyList<int>> replicas, int controllerEpoch)
    {
        IReadOnlySet<int> alive = state.Alive;
        return [.. replicas.Select(list => new ReplicaAssignment(list)).Select(assignment =>
            new PartitionRecord(assignment, LeaderElection.ForNew(assignment, alive, controllerEpoch)))];
    }

    private TopicRefusal? PlaceNew(ControllerState state, NewTopic topic, out IReadOnlyList<IReadOnlyList<int>> replicas)
    {
        replicas = [];
        int partitions = topic.Partitions == -1 ? defaults.Partitions : topic.Partitions;
        short factor = topic.ReplicationFactor == -1 ? defaults.ReplicationFactor : topic.ReplicationFactor;
        if (partitions <= 0)
        {
            return new TopicRefusal(ErrorCode.InvalidPartitions, "Number of partitions must be larger than 0.");
        }

        if (partitions > MostPartitions)
        {
            return TooMany(partitions);
        }

        if (CheckFactor(state, factor) is { } refusal)
        {
            return refusal;
        }

        int brokers = state.Brokers.Length;
        replicas = ReplicaPlacement.Place(state.Brokers, partitions, factor, 0, (random.Next(brokers), random.Next(brokers)));
        return null;
    }

    private static TopicRefusal? CheckFactor(ControllerState state, int factor)
    {
        if (factor <= 0)
        {
            return new TopicRefusal(ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0.");
        }

        return factor > state.Brokers.Length
            ? new TopicRefusal(ErrorCode.InvalidReplicationFactor, $"Replication factor: {factor} larger than available brokers: {state.Brokers.Length}.")
            : null;
    }

    private static TopicRefusal? PlaceMore(ControllerState state, TopicRecord topic, int more, out IReadOnlyList<IReadOnlyList<int>> replicas)
    {
        replicas = [];
        IReadOnlyList<int> first = topic.Partitions[0].Assignment.Replicas;
        if (CheckFactor(state, first.Count) is { } refusal)
        {
            return refusal;
        }

        // The round goes on where partition 0 began it.
        int start = Math.Max(0, state.Brokers.ToList().FindIndex(broker => broker.Id >= first[0]));
        replicas = ReplicaPlacement.Place(state.Brokers, more, first.Count, topic.Partitions.Count, (start, start));
        return null;
    }

    private static TopicRefusal? TakeAssignments(
        ControllerState state,
        IReadOnlyList<(int Partition, IReadOnlyList<int> Brokers)> assignments,
        out IReadOnlyList<IReadOnlyList<int>> replicas)
    {
        var byPartition = assignments.OrderBy(assignment => assignment.Partition).ToList();
        replicas = [.. byPartition.Select(assignment => assignment.Brokers)];
        for (int i = 0; i < byPartition.Count; i++)
        {
            if (byPartition[i].Partition != i)
            {
                return new TopicRefusal(ErrorCode.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence");
            }
        }

        return CheckReplicas(state, replicas, 0, replicas[0].Count);
    }

    private static TopicRefusal? TakeMore(
        ControllerState state,
        TopicRecord topic,
        int more,
        IReadOnlyList<IReadOnlyList<int>> assignments,
        out IReadOnlyList<IReadOnlyList<int>> replicas)
    {
        replicas = assignments;
        int[] unknown = [.. assignments.SelectMany(list => list).Distinct().Except(state.Alive)];
        if (unknown.Length > 0)
        {
            return new TopicRefusal(ErrorCode.InvalidReplicaAssignment, $"Unknown broker(s) in replica assignment: {string.Join(", ", unknown)}.");
        }

        return assignments.Count != more
            ? new TopicRefusal(ErrorCode.InvalidReplicaAssignment, $"Increasing the number of partitions by {more} but {assignments.Count} assignments provided.")
            : CheckReplicas(state, assignments, topic.Partitions.Count, topic.Partitions[0].Assignment.Replicas.Count);
    }

    private static TopicRefusal? CheckReplicas(ControllerState state, IReadOnlyList<IReadOnlyList<int>> replicas, int firstPartition, int factor)
    {
        IReadOnlySet<int> alive = state.Alive;
        for (int i = 0; i < replicas.Count; i++)
        {
            int partition = firstPartition + i;
            IReadOnlyList<int> list = replicas[i];
            string? fault = list switch
            {
                [] => $"Cannot have replication factor of 0 for partition id {partition}.",
                _ when list.Distinct().Count() != list.Count =>
                    $"Duplicate brokers not allowed in replica assignment: {string.Join(", ", list)} for partition id {partition}.",
                _ when list.Any(broker => !alive.Contains(broker)) =>
                    $"The manual partition assignment includes broker {list.First(broker => !alive.Contains(broker))}, but no such broker is registered.",
                _ when list.Count != factor =>
                    $"Inconsistent replication factor between partitions, partition {partition} has {list.Count} while others have {factor}.",
                _ => null,
            };
            if (fault is not null)
            {
                return new TopicRefusal(ErrorCode.InvalidReplicaAssignment, fault);
            }
        }

        return null;
    }
}
