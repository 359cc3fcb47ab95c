using KLog.Broker.Storage;
using KLog.Protocol;

namespace KLog.Broker.Replication;

/// <summary>
/// A replica of a partition on this broker: its log, what is known of its leadership, and the offsets up to which it may
/// be read. Appends and changes of leadership come from any thread; reads take no lock.
/// </summary>
public sealed class Partition(PartitionLog log)
{
    private readonly FetchWaiters _waiters = new();
    private volatile LeaderState? _leader;

    public PartitionLog Log => log;

    public TopicPartition Name => log.TopicPartition;

    /// <summary>Null while this replica does not lead.</summary>
    public LeaderState? Leadership => _leader;

    /// <summary>Every in-sync replica has what lies before it; consumers read up to here.</summary>
    public long HighWatermark => log.HighWatermark;

    /// <summary>The offset before which every transaction has ended: what <c>read_committed</c> reads up to.</summary>
    public long LastStableOffset => log.LastStableOffset;

    internal void BecomeLeader(LeaderState state)
    {
        if (_leader is not { } former || state.LeaderEpoch > former.LeaderEpoch)
        {
            log.AssignLeaderEpoch(state.LeaderEpoch);
        }

        _leader = state;
        AdvanceHighWatermark();
    }

    /// <summary>Leads no more: whoever waits here looks again, and finds out.</summary>
    internal void Resign()
    {
        _leader = null;
        _waiters.WakeAll();
    }

    /// <summary>Whether a client that knows a leader epoch may speak with this leader (KIP-320); -1 is not to know.</summary>
    public ErrorCode CheckLeader(int currentLeaderEpoch) =>
        EpochFence.Check(_leader, currentLeaderEpoch);

    /// <summary>Appends a producer's batches. The offsets are written into <paramref name="batches"/> in place.</summary>
    /// <param name="acks">-1 asks for as many in-sync replicas as the topic demands.</param>
    public LogAppendResult Append(Memory<byte> batches, short acks)
    {
        if (_leader is not { } leader)
        {
            return Refused(ErrorCode.NotLeaderOrFollower);
        }

        if (acks == -1 && leader.InSync.Count < log.Config.MinInSyncReplicas)
        {
            return Refused(ErrorCode.NotEnoughReplicas);
        }

        LogAppendResult result = log.AppendAsLeader(batches, leader.LeaderEpoch, AppendOrigin.Client);
        if (result.Error == ErrorCode.None && !result.IsDuplicate)
        {
            AdvanceHighWatermark();
        }

        return result;
    }

    /// <summary>Moves the log's start forward (DeleteRecords); -1 means up to the high watermark.</summary>
    public (ErrorCode Error, long LowWatermark) DeleteRecords(long beforeOffset)
    {
        if (_leader is null)
        {
            return (ErrorCode.NotLeaderOrFollower, -1);
        }

        if ((log.Config.CleanupPolicy & CleanupPolicy.Delete) == 0)
        {
            return (ErrorCode.PolicyViolation, -1);
        }

        long until = beforeOffset == -1 ? HighWatermark : beforeOffset;
        if (until < 0 || until > HighWatermark)
        {
            return (ErrorCode.OffsetOutOfRange, -1);
        }

        log.AdvanceLogStart(until);
        return (ErrorCode.None, log.LogStartOffset);
    }

    /// <summary>
    /// Where the largest epoch not above <paramref name="epoch"/> ended; epoch and offset are -1 where none is known.
    /// </summary>
    public (int Epoch, long EndOffset) EndOf(int epoch) => log.LeaderEpochs.EndOffsetFor(epoch, log.LogEndOffset);

    /// <summary>Has a waiting fetch told of what is appended from now on, until it is removed.</summary>
    public void Watch(DelayedFetch fetch) => _waiters.Add(fetch);

    public void Unwatch(DelayedFetch fetch) => _waiters.Remove(fetch);

    private static LogAppendResult Refused(ErrorCode error) =>
        new() { Error = error, BaseOffset = -1, LastOffset = -1, LogAppendTimeMs = -1, LogStartOffset = -1 };

    /// <summary>With one replica in sync the high watermark is the log's end.</summary>
    private void AdvanceHighWatermark()
    {
        long end = log.LogEndOffset;
        if (end > log.HighWatermark)
        {
            log.UpdateHighWatermark(end);
            _waiters.WakeAll();
        }
    }
}
