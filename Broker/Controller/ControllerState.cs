using System.Collections.Immutable;
using KLog.Protocol;

namespace KLog.Broker.Controller;

/// <summary>
/// ◆ What the controller knows: the living brokers and the topics. Never changed; a change that is in the tree makes the
/// next state.
/// </summary>
public sealed record ControllerState
{
    public static readonly ControllerState Empty = new();

    private ImmutableDictionary<Guid, string> _namesById = ImmutableDictionary<Guid, string>.Empty;
    private ImmutableDictionary<string, string> _namesByKey = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>In the order of their numbers.</summary>
    public ImmutableArray<BrokerRack> Brokers { get; init; } = [];

    public ImmutableDictionary<string, TopicRecord> Topics { get; private init; } = ImmutableDictionary.Create<string, TopicRecord>(StringComparer.Ordinal);

    public IReadOnlySet<int> Alive => Brokers.Select(broker => broker.Id).ToHashSet();

    public TopicRecord? Find(string name) => Topics.GetValueOrDefault(name);

    public TopicRecord? Find(Guid id) => _namesById.TryGetValue(id, out string? name) ? Find(name) : null;

    /// <summary>A topic whose name looks the same in metrics, or null.</summary>
    public string? CollidingWith(string name) => _namesByKey.GetValueOrDefault(TopicNames.CollisionKey(name));

    /// <summary>With a topic put in, or in the place of the one of the same name.</summary>
    public ControllerState With(TopicRecord topic)
    {
        ControllerState state = Without(topic.Name);
        return state with
        {
            Topics = state.Topics.Add(topic.Name, topic),
            _namesById = state._namesById.SetItem(topic.Id, topic.Name),
            _namesByKey = state._namesByKey.SetItem(TopicNames.CollisionKey(topic.Name), topic.Name),
        };
    }

    public ControllerState Without(string name) => Find(name) is not { } topic ? this : this with
    {
        Topics = Topics.Remove(name),
        _namesById = _namesById.Remove(topic.Id),
        _namesByKey = _namesByKey.Remove(TopicNames.CollisionKey(name)),
    };

    /// <summary>The topic of a partition, when the partition is one of it.</summary>
    public TopicRecord? TopicOf(TopicPartition partition) =>
        Find(partition.Topic) is { } topic && partition.Partition < topic.Partitions.Count ? topic : null;
}
