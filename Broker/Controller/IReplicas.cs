using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Broker.Controller;

/// <summary>What a broker must know to keep a replica.</summary>
/// <param name="State">With the node's version, which is the partition epoch.</param>
/// <param name="Configs">The topic's own configs.</param>
/// <param name="IsNew">The partition was just made: its log must not be there yet.</param>
public sealed record ReplicaRole(
    TopicPartition Partition,
    Guid TopicId,
    ReplicaAssignment Assignment,
    PartitionState State,
    IReadOnlyDictionary<string, string> Configs,
    bool IsNew);

/// <summary>
/// The replicas of this broker, as the controller directs them. Called by the controller's loop, one call at a time, and
/// again with the same role after a restart. A disk that fails throws <see cref="IOException"/>: the partition is then told
/// to clients as offline, and the others go on.
/// </summary>
public interface IReplicas
{
    /// <summary>The partitions that have a log here, whether the tree knows them or not.</summary>
    IReadOnlyCollection<TopicPartition> Present { get; }

    /// <summary>A log that is here and that no topic owns: nothing of it is deleted.</summary>
    void LeaveAlone(TopicPartition partition);

    /// <summary>Opens the log, or makes it, and takes produces and fetches from now on.</summary>
    void BecomeLeader(ReplicaRole role);

    /// <summary>Stops serving a partition, and deletes its log. One that is not here is no error.</summary>
    void Delete(TopicPartition partition);
}
