using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// What logs leave to be done later: syncing what was rolled off, and deleting files once their delay has passed.
/// Taken up by the store's background loops; where those do not run (tests, tools), <see cref="RunDue"/> does it.
/// </summary>
internal sealed class BackgroundWork(StorageResources resources)
{
    private readonly Channel<PartitionLog> _flushes =
        Channel.CreateUnbounded<PartitionLog>(new UnboundedChannelOptions { SingleReader = true });

    private readonly PriorityQueue<Action, long> _deletions = new();

    /// <summary>Set once by the store.</summary>
    internal Action<LogDirectory>? CheckpointOffsets { get; set; }

    /// <summary>
    /// A log's recovery point or start has gone back, so what the folder's checkpoints say of it is wrong. Returns once they
    /// are written.
    /// </summary>
    internal void OffsetsFell(LogDirectory directory) => CheckpointOffsets?.Invoke(directory);

    internal ChannelReader<PartitionLog> Flushes => _flushes.Reader;

    /// <summary>A log has rolled: its sealed segments are to be synced, without an append waiting for it.</summary>
    internal void FlushSoon(PartitionLog log) => _flushes.Writer.TryWrite(log);

    internal void DeleteAfter(long delayMs, Action delete)
    {
        long due = delayMs > long.MaxValue - resources.NowMs ? long.MaxValue : resources.NowMs + delayMs;
        lock (_deletions)
        {
            _deletions.Enqueue(delete, due);
        }
    }

    /// <summary>Runs the deletions whose time has come.</summary>
    internal void RunDue(long nowMs)
    {
        while (TakeDue(nowMs) is { } delete)
        {
            try
            {
                delete();
            }
            catch (IOException error)
            {
                // What could not be deleted is deleted by the next start; nothing depends on it.
                resources.Logger.LogWarning("A file could not be deleted: {Reason}", error.Message);
            }
        }
    }

    private Action? TakeDue(long nowMs)
    {
        lock (_deletions)
        {
            return _deletions.TryPeek(out _, out long due) && due <= nowMs ? _deletions.Dequeue() : null;
        }
    }
}
