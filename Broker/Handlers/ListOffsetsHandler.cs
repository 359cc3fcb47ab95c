using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Asked = KLog.Protocol.Messages.ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition;
using Answered = KLog.Protocol.Messages.ListOffsetsResponse.ListOffsetsTopicResponse.ListOffsetsPartitionResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// ListOffsets, versions 0 to 11: the first offset at or after a time, or one of the special times. −1 the end that the
/// isolation level lets see, −2 the log's start, −3 (version 7, KIP-734) the record with the largest timestamp,
/// −4 (version 8) the first that is on this disk, −5 (version 9) the last that is in tiered storage and −6 (version 11)
/// the first that is not yet there: with no tiered storage −4 is the log's start, −5 and −6 are unknown.
/// Version 0 lists the base offsets of segments.
/// </summary>
internal sealed class ListOffsetsHandler(PartitionLookup lookup)
{
    private const long Latest = -1, Earliest = -2, MaxTimestamp = -3, EarliestLocal = -4;
    private const long LatestTiered = -5, EarliestPendingUpload = -6;
    private const int DebuggingReplica = -2;

    public ValueTask<ListOffsetsResponse> HandleAsync(ListOffsetsRequest request, RequestContext context)
    {
        short version = context.ApiVersion;
        HashSet<(string, int)> seen = [];
        HashSet<(string, int)> twice = [];
        foreach (var topic in request.Topics)
        {
            foreach (Asked asked in topic.Partitions)
            {
                if (!seen.Add((topic.Name, asked.PartitionIndex)))
                {
                    twice.Add((topic.Name, asked.PartitionIndex));
                }
            }
        }

        return new(new ListOffsetsResponse
        {
            Topics =
            [
                .. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.Partitions.Select(asked => twice.Contains((topic.Name, asked.PartitionIndex))
                            ? Refused(asked, ErrorCode.InvalidRequest)
                            : Answer(request, version, topic.Name, asked)),
                    ],
                }),
            ],
        });
    }

    private Answered Answer(ListOffsetsRequest request, short version, string topic, Asked asked)
    {
        if (asked.Timestamp < 0 && version < FirstVersionOf(asked.Timestamp))
        {
            return Refused(asked, ErrorCode.UnsupportedVersion);
        }

        Partition? partition = lookup.FindLeader(topic, asked.PartitionIndex, asked.CurrentLeaderEpoch, out ErrorCode error);
        if (partition is null)
        {
            return Refused(asked, error);
        }

        long end = request.ReplicaId == DebuggingReplica ? partition.Log.LogEndOffset
            : request.IsolationLevel == 1 ? partition.LastStableOffset
            : partition.HighWatermark;
        if (version == 0)
        {
            return OldStyle(partition.Log, asked, end);
        }

        OffsetAndTimestamp found;
        try
        {
            found = Find(partition.Log, asked.Timestamp, end);
        }
        catch (IOException)
        {
            return Refused(asked, ErrorCode.KafkaStorageError);
        }

        return new Answered
        {
            PartitionIndex = asked.PartitionIndex,
            Offset = found.Offset,
            Timestamp = found.TimestampMs,
            LeaderEpoch = version >= 4 ? found.LeaderEpoch : -1,
        };
    }

    private static readonly OffsetAndTimestamp Unknown = new(-1, -1, -1);

    private static OffsetAndTimestamp Find(PartitionLog log, long timestamp, long end) => timestamp switch
    {
        Latest => new(end, -1, log.LeaderEpochs.LatestEpoch),
        Earliest or EarliestLocal => new(log.LogStartOffset, -1, log.LeaderEpochs.EpochFor(log.LogStartOffset)),
        LatestTiered or EarliestPendingUpload => Unknown,
        MaxTimestamp => log.FindMaxTimestamp() ?? Unknown,
        _ => log.FindByTimestamp(timestamp, end) ?? Unknown,
    };

    /// <summary>Version 0: where segments begin that are not newer than a time, the newest first, and the end.</summary>
    private static Answered OldStyle(PartitionLog log, Asked asked, long end) => new()
    {
        PartitionIndex = asked.PartitionIndex,
        OldStyleOffsets = [.. log.OffsetsBefore(asked.Timestamp, asked.MaxNumOffsets).Where(offset => offset <= end)],
    };

    private static Answered Refused(Asked asked, ErrorCode error) =>
        new() { PartitionIndex = asked.PartitionIndex, ErrorCode = error };

    private static int FirstVersionOf(long specialTime) => specialTime switch
    {
        Latest or Earliest => 0,
        MaxTimestamp => 7,
        EarliestLocal => 8,
        LatestTiered => 9,
        EarliestPendingUpload => 11,
        _ => int.MaxValue,
    };
}
