using KLog.Protocol;

namespace KLog.Coordination.Registries;

/// <summary>Leaders and in-sync sets, /brokers/topics/(name)/partitions/(n)/state. Only the controller writes, within its fence.</summary>
public sealed class PartitionStateRegistry(ICoordinationTree tree)
{
    /// <summary>
    /// Makes the states of a topic's new partitions, all or none, with the nodes above them. Throws NodeExists when one is there.
    /// </summary>
    public async Task CreateAsync(string topic, IReadOnlyDictionary<int, PartitionState> states, ControllerFence fence, CancellationToken cancellation = default)
    {
        var operations = new List<TreeOperation> { fence.Check };
        if (await tree.ExistsAsync(Paths.Partitions(topic), cancellation: cancellation) is null)
        {
            operations.Add(new TreeOperation.Create(Paths.Partitions(topic), default));
        }

        foreach ((int partition, PartitionState state) in states.OrderBy(s => s.Key))
        {
            operations.Add(new TreeOperation.Create(Paths.Partition(topic, partition), default));
            operations.Add(new TreeOperation.Create(Paths.PartitionState(topic, partition), state.ToJson()));
        }

        await tree.MultiAsync(operations, cancellation);
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
