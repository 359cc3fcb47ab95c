using System.Collections.Concurrent;
using KLog.Broker.Storage;
using KLog.Protocol;

namespace KLog.Broker.Replication;

/// <summary>
/// The replicas that this broker has, by topic and partition. The controller's orders change it; handlers look up.
/// </summary>
public sealed class ReplicaSet(LogStore logs)
{
    private readonly ConcurrentDictionary<string, Partition?[]> _topics = new();
    private readonly Lock _changing = new();

    /// <summary>A partition is led from here now, or no longer. Raised under the set's lock: what follows must be short.</summary>
    public event Action<Partition>? LeadershipChanged;

    public IEnumerable<Partition> All => _topics.Values.SelectMany(partitions => partitions).OfType<Partition>();

    /// <summary>The local replica, or null where this broker has none.</summary>
    public Partition? Find(string topic, int partition) =>
        _topics.TryGetValue(topic, out Partition?[]? partitions) && (uint)partition < (uint)partitions.Length
            ? partitions[partition]
            : null;

    /// <summary>Leads a partition from an epoch on; its log is made when there is none.</summary>
    /// <param name="isNew">The partition was just made: its log cannot lie in a folder that is offline.</param>
    public Partition Lead(TopicPartition name, Guid topicId, LogConfig config, LeaderState state, bool isNew = true)
    {
        lock (_changing)
        {
            Partition? partition = Find(name.Topic, name.Partition);
            if (partition is null)
            {
                PartitionLog log = logs.Find(name) ?? logs.Create(name, topicId, config, isNew);
                log.Config = config;
                partition = new Partition(log);
                Place(name, partition);
            }

            partition.BecomeLeader(state);
            LeadershipChanged?.Invoke(partition);
            return partition;
        }
    }

    /// <summary>Gives a replica up. With <paramref name="delete"/> its log goes too, after the topic's file delay.</summary>
    public void Stop(TopicPartition name, bool delete)
    {
        lock (_changing)
        {
            Partition? partition = Find(name.Topic, name.Partition);
            Place(name, null);
            partition?.Resign();
            if (partition is not null)
            {
                LeadershipChanged?.Invoke(partition);
            }

            if (delete)
            {
                logs.Delete(name);
            }
        }
    }

    private void Place(TopicPartition name, Partition? partition)
    {
        Partition?[] before = _topics.GetValueOrDefault(name.Topic, []);
        var after = new Partition?[Math.Max(before.Length, name.Partition + 1)];
        before.CopyTo(after, 0);
        after[name.Partition] = partition;
        if (Array.TrueForAll(after, each => each is null))
        {
            _topics.TryRemove(name.Topic, out _);
        }
        else
        {
            _topics[name.Topic] = after;
        }
    }
}
