using System.Collections.Concurrent;
using KLog.Protocol;

namespace KLog.Broker.Storage;

public sealed partial class LogStore
{
    private readonly ConcurrentDictionary<TopicPartition, LogDirectory> _preferred = new();
    private readonly LogMoves _moves;
    private List<FoundFuture> _resumable = [];

    /// <summary>Logs that are on their way to another folder, or wait for their turn.</summary>
    public IReadOnlyList<LogMove> Moves => _moves.All;

    /// <summary>Whether a move of that partition can have a folder: file systems bound the length of a name.</summary>
    public static bool CanMove(TopicPartition partition) => FutureFolder.IsNameable(partition);

    /// <summary>The folder of log.dirs that is written exactly so; null when there is none.</summary>
    public LogDirectory? FindDirectory(string path) => Array.Find(_directories, directory => directory.Path == path);

    /// <summary>
    /// Begins to move the log to another folder of log.dirs, while it is used. It replaces a move of the log to another
    /// folder; a move to the folder that the log is in ends the one that runs.
    /// </summary>
    /// <returns>The move, which may run already; null when there is nothing to do.</returns>
    public LogMove? Move(PartitionLog log, LogDirectory target) => _moves.Start(log, target);

    /// <summary>If the partition is created, then in this folder.</summary>
    public void Prefer(TopicPartition partition, LogDirectory directory) => _preferred[partition] = directory;

    internal void Ended(LogMove move) => _moves.Ended(move);

    private void Load()
    {
        UnfinishedMoves unfinished = new(_resources, _directories);
        unfinished.Settle();
        LogLoading loading = new(_options, _resources, _work);
        loading.LoadAll(_directories, Add);
        _resumable = unfinished.Resumable(loading.Futures, Find, _work);
    }

    /// <summary>Begins the moves that an earlier process did not complete.</summary>
    internal void ResumeMoves()
    {
        foreach (FoundFuture future in _resumable)
        {
            if (Find(future.Partition) is { } log)
            {
                Move(log, future.Directory);
            }
        }

        _resumable = [];
    }

    private LogDirectory? TakePreferred(TopicPartition partition) =>
        _preferred.TryRemove(partition, out LogDirectory? directory) && !directory.IsOffline ? directory : null;
}
