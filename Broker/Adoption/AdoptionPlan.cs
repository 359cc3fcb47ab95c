using KLog.Broker.Controller;
using KLog.Broker.Storage;
using KLog.Coordination.Registries;

namespace KLog.Broker.Adoption;

/// <summary>What is to become of a topic whose partitions were found.</summary>
/// <param name="Topic">The topic to be made, with the state of each partition; null when there is nothing to do, or it cannot be.</param>
/// <param name="Refusal">Why it cannot be adopted; null when nothing stands in the way.</param>
public sealed record AdoptionStep(string Name, IReadOnlyList<FoundLog> Found, AdoptedTopic? Topic, string? Refusal)
{
    /// <summary>The coordination tree has it already.</summary>
    public bool IsKnown => Topic is null && Refusal is null;
}

/// <summary>A topic as it goes into the coordination tree.</summary>
public sealed record AdoptedTopic(TopicAssignment Assignment, IReadOnlyDictionary<int, PartitionState> States);

/// <summary>
/// ◆ Decides which of the partitions that were found in a broker's folders become topics of its coordination tree. A topic
/// is adopted whole, with this broker as the only replica, or not at all.
/// </summary>
public static class AdoptionPlan
{
    /// <summary>Kafka's metadata log, in the folder of a broker that was its own controller.</summary>
    private const string MetadataTopic = TopicNames.ClusterMetadata;

    /// <param name="known">The topics of the tree.</param>
    /// <param name="fillGaps">Partitions that are missing between others are made, empty.</param>
    public static IReadOnlyList<AdoptionStep> Make(
        IReadOnlyList<FoundLog> found, IReadOnlyDictionary<string, TopicAssignment> known, int brokerId, bool fillGaps)
    {
        Dictionary<string, string> keys = known.Keys.ToDictionary(TopicNames.CollisionKey);
        List<AdoptionStep> steps = [];
        foreach (IGrouping<string, FoundLog> topic in found.GroupBy(log => log.Partition.Topic).Where(topic => topic.Key != MetadataTopic))
        {
            FoundLog[] logs = [.. topic];
            AdoptionStep step = known.TryGetValue(topic.Key, out TopicAssignment? assignment)
                ? new AdoptionStep(topic.Key, logs, null, WhyNotOf(assignment, logs))
                : WhyNot(topic.Key, logs, keys, fillGaps) is { } refusal
                    ? new AdoptionStep(topic.Key, logs, null, refusal)
                    : new AdoptionStep(topic.Key, logs, Adopt(topic.Key, logs, brokerId), null);
            if (step.Topic is not null)
            {
                keys.Add(TopicNames.CollisionKey(topic.Key), topic.Key);
            }

            steps.Add(step);
        }

        return steps;
    }

    private static string? WhyNotOf(TopicAssignment known, FoundLog[] logs)
    {
        if (logs.FirstOrDefault(log => log.TopicId != Guid.Empty && log.TopicId != known.TopicId) is { } other)
        {
            return $"{other.Folder} is of another topic of that name ({UuidText.Format(other.TopicId)}, not {UuidText.Format(known.TopicId)})";
        }

        return logs.FirstOrDefault(log => !known.Partitions.ContainsKey(log.Partition.Partition)) is { } beyond
            ? $"the topic is known with {known.Partitions.Count} partitions, and not with {beyond.Partition.Partition}"
            : null;
    }

    private static string? WhyNot(string name, FoundLog[] logs, Dictionary<string, string> keys, bool fillGaps)
    {
        if (TopicNames.Fault(name) is { } fault)
        {
            return fault;
        }

        if (keys.TryGetValue(TopicNames.CollisionKey(name), out string? other))
        {
            return $"the name collides with that of topic {other}";
        }

        if (logs.GroupBy(log => log.Partition).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            return $"{twice.Key} is in two folders: {string.Join(" and ", twice.Select(log => log.Folder))}";
        }

        Guid[] ids = [.. logs.Select(log => log.TopicId).Where(id => id != Guid.Empty).Distinct()];
        if (ids.Length > 1)
        {
            return $"its partitions are of different topics of that name: {string.Join(", ", ids.Select(UuidText.Format))}";
        }

        int[] missing = [.. Enumerable.Range(0, logs.Max(log => log.Partition.Partition) + 1).Except(logs.Select(log => log.Partition.Partition)).Take(3)];
        return missing.Length > 0 && !fillGaps
            ? $"partition {string.Join(", ", missing)} is not here; with --fill-gaps what is missing is made, empty"
            : null;
    }

    private static AdoptedTopic Adopt(string name, FoundLog[] logs, int brokerId)
    {
        Guid id = logs.Select(log => log.TopicId).FirstOrDefault(id => id != Guid.Empty);
        int count = logs.Max(log => log.Partition.Partition) + 1;
        Dictionary<int, FoundLog> byNumber = logs.ToDictionary(log => log.Partition.Partition);
        IEnumerable<int> all = Enumerable.Range(0, count);
        return new AdoptedTopic(
            new TopicAssignment(name, id == Guid.Empty ? UuidText.NewId() : id, all.ToDictionary(i => i, _ => new ReplicaAssignment([brokerId]))),
            all.ToDictionary(i => i, i => StateOf(byNumber.GetValueOrDefault(i), brokerId)));
    }

    /// <summary>The new leader's epoch lies above all that the log has seen: epochs never fall.</summary>
    private static PartitionState StateOf(FoundLog? log, int brokerId) =>
        new(brokerId, (log?.LatestEpoch ?? -1) + 1, [brokerId], ControllerRegistry.EpochBeforeFirst);
}
