using KLog.Coordination;
using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Broker.Controller;

/// <summary>Reads all topics when a term begins, and gives partitions a leader that have none or a dead one.</summary>
internal sealed class TopicLoading(ICoordinationTree tree, ControllerFence fence)
{
    private readonly TopicRegistry _topics = new(tree);
    private readonly PartitionStateRegistry _states = new(tree);
    private readonly ConfigRegistry _configs = new(tree);

    public async Task<IReadOnlyList<TopicRecord>> LoadAsync(IReadOnlySet<int> alive, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = await _topics.ListNamesAsync(cancellation: cancellation);
        TopicRecord?[] topics = await Task.WhenAll(names.Select(name => LoadAsync(name, alive, cancellation)));
        return [.. topics.OfType<TopicRecord>()];
    }

    private async Task<TopicRecord?> LoadAsync(string name, IReadOnlySet<int> alive, CancellationToken cancellation)
    {
        if (await _topics.FindAsync(name, cancellation: cancellation) is not { } topic)
        {
            return null;
        }

        IReadOnlyDictionary<string, string> configs = await _configs.GetAsync(ConfigRegistry.Topics, name, cancellation);
        var partitions = new PartitionRecord[topic.Partitions.Count];
        for (int i = 0; i < partitions.Length; i++)
        {
            if (!topic.Partitions.TryGetValue(i, out ReplicaAssignment? assignment))
            {
                throw new InvalidDataException($"{Paths.Topic(name)} has {partitions.Length} partitions, but no partition {i}");
            }

            partitions[i] = new PartitionRecord(assignment, await _states.FindAsync(new TopicPartition(name, i), cancellation: cancellation));
        }

        await CompleteAsync(name, partitions, alive, cancellation);
        return new TopicRecord(name, topic.TopicId, partitions, configs, topic.NodeVersion);
    }

    private async Task CompleteAsync(string name, PartitionRecord[] partitions, IReadOnlySet<int> alive, CancellationToken cancellation)
    {
        var made = new Dictionary<int, PartitionState>();
        var elected = new Dictionary<TopicPartition, PartitionState>();
        for (int i = 0; i < partitions.Length; i++)
        {
            (ReplicaAssignment assignment, PartitionState? state) = partitions[i];
            if (state is null && LeaderElection.ForNew(assignment, alive, fence.Epoch) is { } first)
            {
                made.Add(i, first);
                partitions[i] = partitions[i] with { State = first };
            }
            else if (state is not null && LeaderElection.ForOffline(state, assignment, alive, fence.Epoch) is { } next)
            {
                elected.Add(new TopicPartition(name, i), next);
            }
        }

        if (made.Count > 0)
        {
            await _states.CreateAsync(name, made, fence, cancellation);
        }

        if (elected.Count > 0)
        {
            foreach ((TopicPartition partition, PartitionState state) in await _states.UpdateAsync(elected, fence, cancellation))
            {
                partitions[partition.Partition] = partitions[partition.Partition] with { State = state };
            }
        }
    }
}
