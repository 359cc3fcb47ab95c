using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;

namespace KLog.Broker.Fetching;

/// <summary>What a reading has come to.</summary>
/// <param name="Bytes">That were found.</param>
/// <param name="HasNews">A partition has something else to tell at once.</param>
/// <param name="IsCold">It stopped where it would have had to wait for the disk.</param>
internal readonly record struct FetchRead(int Bytes, bool HasNews, bool IsCold);

/// <summary>Reads the partitions of a plan, within the bytes that the response may have.</summary>
/// <param name="isCommittedOnly">Only what lies before the last stable offset.</param>
/// <param name="replicaId">The broker that follows; -1 for a consumer, -2 for a tool that reads to the log's end.</param>
internal sealed class LogReader(PartitionLookup lookup, bool isCommittedOnly, int replicaId, bool usesTopicIds)
{
    private const int DebuggingReplica = -2;

    /// <param name="bytesMax">Of the response; the first batch is whole even where it is larger (KIP-74).</param>
    /// <param name="reads">Filled in the order of <paramref name="items"/>.</param>
    /// <param name="mayWait">For the disk; without, the reading stops at the first partition for which it would.</param>
    public FetchRead Read(IReadOnlyList<FetchItem> items, int bytesMax, List<PartitionRead> reads, bool mayWait)
    {
        int bytes = 0;
        bool hasNews = false;
        for (int i = 0; i < items.Count; i++)
        {
            PartitionRead read = ReadOne(items[i], bytesMax - bytes, isFirst: bytes == 0, mayWait, out bool isCold);
            if (isCold)
            {
                return new FetchRead(bytes, hasNews, IsCold: true);
            }

            bytes += read.Region?.Length ?? 0;
            hasNews |= read.Error != ErrorCode.None || read.Diverging is not null;
            reads.Add(read);
        }

        return new FetchRead(bytes, hasNews, IsCold: false);
    }

    private PartitionRead ReadOne(in FetchItem item, int bytesLeft, bool isFirst, bool mayWait, out bool isCold)
    {
        isCold = false;
        string? topic = usesTopicIds ? lookup.NameOf(item.Key.TopicId) : item.Key.Topic;
        if (topic is null)
        {
            return new PartitionRead(item, "", ErrorCode.UnknownTopicId);
        }

        Partition? partition = lookup.FindLeader(topic, item.Key.Partition, item.CurrentLeaderEpoch, out ErrorCode error);
        if (partition is null)
        {
            return new PartitionRead(item, topic, error);
        }

        if (replicaId >= 0)
        {
            // Only a replica that the partition is assigned to may follow.
            return new PartitionRead(item, topic, ErrorCode.NotLeaderOrFollower);
        }

        long highWatermark = partition.HighWatermark;
        long lastStable = partition.LastStableOffset;
        var found = new PartitionRead(
            item, topic, ErrorCode.None, partition, null, highWatermark, lastStable, partition.Log.LogStartOffset);
        if (item.LastFetchedEpoch >= 0)
        {
            (int Epoch, long EndOffset) known = partition.EndOf(item.LastFetchedEpoch);
            if (known.EndOffset < 0)
            {
                return new PartitionRead(item, topic, ErrorCode.OffsetOutOfRange);
            }

            if (known.Epoch < item.LastFetchedEpoch || known.EndOffset < item.Offset)
            {
                // The client's log and this one part ways before the offset that it asks for (KIP-320, KIP-595).
                return found with { Diverging = known };
            }
        }

        long end = replicaId == DebuggingReplica ? partition.Log.LogEndOffset
            : isCommittedOnly ? lastStable
            : highWatermark;
        LogReadResult result = partition.Log.Read(
            item.Offset, Math.Max(0, Math.Min(item.BytesMax, bytesLeft)), end, isFirst, mayWait);
        isCold = result.IsCold;
        return result.Error != ErrorCode.None ? new PartitionRead(item, topic, result.Error)
            : isCommittedOnly && result.Region is { } region ? WithAborted(found, region, lastStable)
            : found with { Region = result.Region };
    }

    private static PartitionRead WithAborted(in PartitionRead found, FileRegion region, long lastStable)
    {
        try
        {
            return found with
            {
                Region = region,
                Aborted = found.Partition!.Log.AbortedTransactions(region, found.Item.Offset, lastStable),
            };
        }
        catch (IOException)
        {
            region.Dispose();
            return new PartitionRead(found.Item, found.Topic, ErrorCode.KafkaStorageError);
        }
    }
}
