using System.Collections.Immutable;
using KLog.Broker.Configuration;
using KLog.Protocol;

namespace KLog.Broker.Metadata;

/// <summary>
/// What this broker knows of the cluster at one moment, as it tells clients. Immutable: who reads it sees one state
/// throughout. A change makes the next snapshot, which <see cref="ClusterView"/> publishes.
/// </summary>
/// <param name="ControllerId">-1 when there is none.</param>
public sealed record ClusterSnapshot(string ClusterId, int ControllerId, ImmutableArray<BrokerNode> Brokers)
{
    public static readonly ClusterSnapshot Empty = new("", -1, []);

    private ImmutableDictionary<Guid, TopicState> _byId = ImmutableDictionary<Guid, TopicState>.Empty;

    public ImmutableDictionary<string, TopicState> Topics { get; private init; } =
        ImmutableDictionary<string, TopicState>.Empty;

    public TopicState? Topic(string name) => Topics.GetValueOrDefault(name);

    public TopicState? Topic(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>The same with topics put in, or in the place of those of the same name.</summary>
    public ClusterSnapshot With(IEnumerable<TopicState> topics)
    {
        var byName = Topics.ToBuilder();
        var byId = _byId.ToBuilder();
        foreach (TopicState topic in topics)
        {
            if (byName.TryGetValue(topic.Name, out TopicState? former))
            {
                byId.Remove(former.Id);
            }

            byName[topic.Name] = topic;
            byId[topic.Id] = topic;
        }

        return this with { Topics = byName.ToImmutable(), _byId = byId.ToImmutable() };
    }

    /// <summary>The same without some topics.</summary>
    public ClusterSnapshot Without(IEnumerable<string> topics)
    {
        TopicState[] gone = [.. topics.Select(Topic).OfType<TopicState>()];
        return this with
        {
            Topics = Topics.RemoveRange(gone.Select(topic => topic.Name)),
            _byId = _byId.RemoveRange(gone.Select(topic => topic.Id)),
        };
    }
}

/// <summary>A live broker with its advertised endpoint by listener name.</summary>
public sealed record BrokerNode(int Id, string? Rack, IReadOnlyDictionary<string, (string Host, int Port)> Endpoints)
{
    public (string Host, int Port)? Endpoint(string listenerName) =>
        Endpoints.TryGetValue(listenerName, out (string, int) endpoint) ? endpoint : null;
}

/// <summary>A topic; partitions in order of their number, without gaps.</summary>
public sealed record TopicState(string Name, Guid Id, IReadOnlyList<PartitionState> Partitions)
{
    /// <summary>Kafka's own topics, which clients may not write.</summary>
    public bool IsInternal => InternalTopics.IsInternal(Name);
}

/// <summary>One partition as the cluster sees it, for Metadata and its kin.</summary>
/// <param name="Leader">-1 when the partition has none.</param>
/// <param name="Replicas">The preferred leader first.</param>
public sealed record PartitionState(
    int Index,
    int Leader,
    int LeaderEpoch,
    IReadOnlyList<int> Replicas,
    IReadOnlyList<int> InSync,
    IReadOnlyList<int> Offline);
