using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>The moves that run or wait, one a log at most, and the threads that run them.</summary>
internal sealed class LogMoves(LogStore store, StorageResources resources, int threadsMax)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<TopicPartition, LogMove> _moves = [];
    private readonly DiskThreads _threads = new("move", threadsMax);
    private bool _isStopped;

    internal IReadOnlyList<LogMove> All
    {
        get
        {
            lock (_changing)
            {
                return [.. _moves.Values];
            }
        }
    }

    /// <summary>
    /// Takes the place of a move to another folder. That one may just be completing, so that even the way to the log's
    /// present folder is a move, which then has nothing to do.
    /// </summary>
    internal LogMove? Start(PartitionLog log, LogDirectory target)
    {
        lock (_changing)
        {
            LogMove? running = _moves.GetValueOrDefault(log.TopicPartition);
            if (running?.Target == target)
            {
                return running;
            }

            if (_isStopped || (running is null && ReferenceEquals(log.Directory, target)))
            {
                return null;
            }

            running?.Cancel();
            LogMove move = new(store, resources, log, target, running);
            _moves[log.TopicPartition] = move;
            _threads.Run(move.Run);
            return move;
        }
    }

    internal void Cancel(TopicPartition partition)
    {
        lock (_changing)
        {
            _moves.GetValueOrDefault(partition)?.Cancel();
        }
    }

    internal void Ended(LogMove move)
    {
        lock (_changing)
        {
            if (_moves.GetValueOrDefault(move.Log.TopicPartition) == move)
            {
                _moves.Remove(move.Log.TopicPartition);
            }
        }
    }

    /// <summary>Ends all moves, and leaves their folders to the next start.</summary>
    internal async Task StopAsync()
    {
        LogMove[] moves;
        lock (_changing)
        {
            _isStopped = true;
            moves = [.. _moves.Values];
        }

        foreach (LogMove move in moves)
        {
            move.Suspend();
            await move.Completion;
        }
    }
}
