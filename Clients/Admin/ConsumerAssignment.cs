using System.Runtime.InteropServices;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Clients.Admin;

/// <summary>
/// Reads what consumers of a classic group write into its opaque fields ◆:
/// <code>
/// int16 version | a message of the consumer protocol
/// </code>
/// A version beyond the known ones is read as the last known one: later ones only add at the end.
/// </summary>
internal static class ConsumerAssignment
{
    /// <returns>In order; nothing where nothing is assigned yet, or where it is not of the consumer protocol.</returns>
    public static IReadOnlyList<TopicPartition> Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        try
        {
            WireReader reader = new(MemoryMarshal.AsMemory(bytes));
            short version = Math.Min(reader.ReadInt16(), ConsumerProtocolAssignment.Versions.Max);
            return Ordered(
                from topic in ConsumerProtocolAssignment.Read(ref reader, version).AssignedPartitions
                from partition in topic.Partitions
                select new TopicPartition(topic.Topic, partition));
        }
        catch (ProtocolViolationException)
        {
            // Any client may write there what it likes; the group has other things to tell.
            return [];
        }
    }

    public static IReadOnlyList<TopicPartition> Ordered(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.Order(PartitionOrder.Instance)];
}
