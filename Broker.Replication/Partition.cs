using KLog.Broker.Storage;
using KLog.Protocol;

namespace KLog.Broker.Replication;

/// <summary>
/// A replica of a partition on this broker: its log, what is known of its leadership, and the offsets up to which it may
/// be read. Appends and changes of leadership come from any thread; reads take no lock.
/// </summary>
public sealed class Partition
{
    private readonly FetchWaiters _waiters = new();
    private volatile LeaderState? _leader;

    public Partition(PartitionLog log)
    {
        Log = log;
        log.OnFlushed = OnFlushed;
    }

    public PartitionLog Log { get; }

    public TopicPartition Name => Log.TopicPartition;

    /// <summary>Null while this replica does not lead.</summary>
    public LeaderState? Leadership => _leader;

    /// <summary>Every in-sync replica has what lies before it; consumers read up to here.</summary>
    public long HighWatermark => Log.HighWatermark;

    /// <summary>The offset before which every transaction has ended: what <c>read_committed</c> reads up to.</summary>
    public long LastStableOffset => Log.LastStableOffset;

    internal void BecomeLeader(LeaderState state)
    {
        if (_leader is not { } former || state.LeaderEpoch > former.LeaderEpoch)
        {
            Log.AssignLeaderEpoch(state.LeaderEpoch);
        }

        _leader = state;
        AdvanceHighWatermark();
        if (Log.Config.ExposesFlushedOnly)
        {
            // What a crash has left in the page cache would otherwise not be seen before the next append.
            Log.FlushInBackground();
        }
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
    public LogAppendResult Append(Memory<byte> batches, short acks, AppendOrigin origin = AppendOrigin.Client)
    {
        if (_leader is not { } leader)
        {
            return Refused(ErrorCode.NotLeaderOrFollower);
        }

        if (acks == -1 && leader.InSync.Count < Log.Config.MinInSyncReplicas)
        {
            return Refused(ErrorCode.NotEnoughReplicas);
        }

        LogAppendResult result = Log.AppendAsLeader(batches, leader.LeaderEpoch, origin);
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

        if ((Log.Config.CleanupPolicy & CleanupPolicy.Delete) == 0)
        {
            return (ErrorCode.PolicyViolation, -1);
        }

        long until = beforeOffset == -1 ? HighWatermark : beforeOffset;
        if (until < 0 || until > HighWatermark)
        {
            return (ErrorCode.OffsetOutOfRange, -1);
        }

        Log.AdvanceLogStart(until);
        return (ErrorCode.None, Log.LogStartOffset);
    }

    /// <summary>
    /// Where the largest epoch not above <paramref name="epoch"/> ended; epoch and offset are -1 where none is known.
    /// </summary>
    public (int Epoch, long EndOffset) EndOf(int epoch) => Log.LeaderEpochs.EndOffsetFor(epoch, Log.LogEndOffset);

    /// <summary>Has a waiting fetch told of what is appended from now on, until it is removed.</summary>
    public void Watch(DelayedFetch fetch) => _waiters.Add(fetch);

    public void Unwatch(DelayedFetch fetch) => _waiters.Remove(fetch);

    private static LogAppendResult Refused(ErrorCode error) =>
        new() { Error = error, BaseOffset = -1, LastOffset = -1, LogAppendTimeMs = -1, LogStartOffset = -1 };

    private void OnFlushed()
    {
        if (_leader is not null && Log.Config.ExposesFlushedOnly)
        {
            AdvanceHighWatermark();
        }
    }

    /// <summary>With one replica in sync the high watermark is the log's end, or what of it is on the disk.</summary>
    private void AdvanceHighWatermark()
    {
        long end = Log.Config.ExposesFlushedOnly ? Log.RecoveryPoint : Log.LogEndOffset;
        if (end > Log.HighWatermark)
        {
            Log.UpdateHighWatermark(end);
            _waiters.WakeAll();
        }
    }
}
