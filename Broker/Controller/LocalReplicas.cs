using KLog.Broker.Configuration;
using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;

namespace KLog.Broker.Controller;

/// <summary>Carries the controller's orders out on this broker's replicas.</summary>
internal sealed class LocalReplicas(LogStore logs, ReplicaSet replicas, LiveBrokerConfig config) : IReplicas
{
    public IReadOnlyCollection<TopicPartition> Present => [.. logs.All.Select(log => log.TopicPartition)];

    public void LeaveAlone(TopicPartition partition)
    {
        if (logs.Find(partition) is { } log)
        {
            log.IsLeftAlone = true;
        }
    }

    public void BecomeLeader(ReplicaRole role)
    {
        if (logs.Find(role.Partition) is { } log)
        {
            CheckOwner(log, role);
            log.IsLeftAlone = false;
        }

        replicas.Lead(
            role.Partition,
            role.TopicId,
            TopicConfigs.ToLogConfig(config.Current, role.Configs),
            new LeaderState(role.State.LeaderEpoch, role.Assignment.Replicas, role.State.Isr, role.State.NodeVersion),
            role.IsNew);
    }

    public void Delete(TopicPartition partition) => replicas.Stop(partition, delete: true);

    /// <summary>A folder of another topic of the same name is left alone: its records are not this topic's.</summary>
    private static void CheckOwner(PartitionLog log, ReplicaRole role)
    {
        if (role.TopicId == Guid.Empty || log.TopicId == role.TopicId)
        {
            return;
        }

        if (role.IsNew || log.TopicId != Guid.Empty)
        {
            throw new IOException($"its folder belongs to another topic of that name (id {log.TopicId}, not {role.TopicId})");
        }

        log.AssignTopicId(role.TopicId);
    }
}
