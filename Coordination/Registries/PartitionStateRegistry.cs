using KLog.Protocol;

namespace KLog.Coordination.Registries;

/// <summary>Leaders and in-sync sets, /brokers/topics/(name)/partitions/(n)/state. Only the controller writes, within its fence.</summary>
public sealed class PartitionStateRegistry(ICoordinationTree tree)
{
    /// <summary>Makes the states of new partitions, with the nodes above them, together with making or changing their topic.</summary>
    /// <param name="areFirst">Whether the topic has had no partitions until now.</param>
    public static IReadOnlyList<TreeOperation> CreateOperations(string topic, IEnumerable<KeyValuePair<int, PartitionState>> states, bool areFirst)
    {
        var operations = new List<TreeOperation>();
        if (areFirst)
        {
            operations.Add(new TreeOperation.Create(Paths.Partitions(topic), default));
        }

        foreach ((int partition, PartitionState state) in states)
        {
            operations.Add(new TreeOperation.Create(Paths.Partition(topic, partition), default));
            operations.Add(new TreeOperation.Create(Paths.PartitionState(topic, partition), state.ToJson()));
        }

        return operations;
    }

    /// <summary>Makes the states of partitions whose topic is there; all or none. Throws NodeExists when one is there.</summary>
    public async Task CreateAsync(string topic, IReadOnlyDictionary<int, PartitionState> states, ControllerFence fence, CancellationToken cancellation = default)
    {
        bool areFirst = await tree.ExistsAsync(Paths.Partitions(topic), cancellation: cancellation) is null;
        await tree.MultiAsync([fence.Check, .. CreateOperations(topic, states, areFirst)], cancellation);
    }

    /// <summary>Replaces states that nobody else has replaced since, all or none; returns them with their new versions.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, PartitionState>> UpdateAsync(
        IReadOnlyDictionary<TopicPartition, PartitionState> states,
        ControllerFence fence,
        CancellationToken cancellation = default)
    {
        var operations = new List<TreeOperation> { fence.Check };
        operations.AddRange(states.Select(s => new TreeOperation.SetData(Paths.PartitionState(s.Key.Topic, s.Key.Partition), s.Value.ToJson(), s.Value.NodeVersion)));
        await tree.MultiAsync(operations, cancellation);
        return states.ToDictionary(s => s.Key, s => s.Value with { NodeVersion = s.Value.NodeVersion + 1 });
    }

    public async Task<PartitionState?> FindAsync(TopicPartition partition, Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        string path = Paths.PartitionState(partition.Topic, partition.Partition);
        return await tree.FindAsync(path, watch, cancellation) is { } node ? PartitionState.FromJson(path, node) : null;
    }
}
