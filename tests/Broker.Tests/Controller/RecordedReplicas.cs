using KLog.Broker.Controller;
using KLog.Protocol;

namespace KLog.Broker.Tests.Controller;

/// <summary>Remembers what it was told to do; partitions can be made to fail.</summary>
internal sealed class RecordedReplicas : IReplicas
{
    public Dictionary<TopicPartition, ReplicaRole> Led { get; } = [];

    public HashSet<TopicPartition> Failing { get; } = [];

    public List<TopicPartition> Strangers { get; } = [];

    public IReadOnlyCollection<TopicPartition> Present => [.. Led.Keys, .. Strangers];

    public List<TopicPartition> LeftAlone { get; } = [];

    public void LeaveAlone(TopicPartition partition) => LeftAlone.Add(partition);

    public void BecomeLeader(ReplicaRole role)
    {
        if (Failing.Contains(role.Partition))
        {
            throw new IOException("no such disk");
        }

        Led[role.Partition] = role;
    }

    public void Delete(TopicPartition partition) => Led.Remove(partition);
}
