using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ Between topic ids and what members of the classic protocol say to each other, which goes by names.</summary>
internal static class ClassicAssignments
{
    private const short NewestVersion = 3;

    /// <summary>What a member says of itself: the same under each of its protocols, as far as Kafka's clients go.</summary>
    /// <exception cref="ProtocolViolationException">It is none of Kafka's consumers.</exception>
    public static ConsumerProtocolSubscription Subscription(ReadOnlyMemory<byte> metadata) =>
        Versioned.Read<ConsumerProtocolSubscription>(metadata.ToArray());

    /// <summary>What a leader gave to a member; nothing for no bytes.</summary>
    /// <exception cref="ProtocolViolationException">It is none of Kafka's consumers.</exception>
    public static ConsumerProtocolAssignment Assignment(ReadOnlyMemory<byte> assignment) =>
        assignment.IsEmpty ? new ConsumerProtocolAssignment() : Versioned.Read<ConsumerProtocolAssignment>(assignment.ToArray());

    /// <summary>Those partitions that exist: a leader may say anything.</summary>
    public static MemberPartitions Partitions(ConsumerProtocolAssignment assignment, ClusterSnapshot cluster) =>
        MemberPartitions.Of(
            from topic in assignment.AssignedPartitions
            let known = cluster.Topic(topic.Topic)
            where known is not null
            from partition in topic.Partitions
            where (uint)partition < (uint)known.Partitions.Count
            select (known.Id, partition));

    /// <summary>What a member owns, as a member of the consumer protocol would say it.</summary>
    public static ConsumerGroupHeartbeatRequest.TopicPartitionsData[] Owned(
        ConsumerProtocolSubscription subscription, ClusterSnapshot cluster) =>
    [
        .. from topic in subscription.OwnedPartitions
           let known = cluster.Topic(topic.Topic)
           where known is not null
           select new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = known.Id, Partitions = topic.Partitions },
    ];

    /// <summary>An assignment in the version that a member's own words are in.</summary>
    public static byte[] Write(MemberPartitions partitions, ReadOnlyMemory<byte> metadata, ClusterSnapshot cluster)
    {
        ConsumerProtocolAssignment assignment = new()
        {
            AssignedPartitions =
            [
                .. from topic in partitions.Topics
                   let known = cluster.Topic(topic.Key)
                   where known is not null
                   select new ConsumerProtocolAssignment.TopicPartition { Topic = known.Name, Partitions = [.. topic.Value] },
            ],
        };
        short version = Math.Clamp(Versioned.Peek(metadata.Span), (short)0, NewestVersion);
        return Versioned.Write(assignment, version);
    }
}
