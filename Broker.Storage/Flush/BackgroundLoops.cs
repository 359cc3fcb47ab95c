using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// The store's background work: one loop for what is done every so often, and one for syncing segments that were
/// rolled off, because that may take long. Both end when this is disposed, after the step that they are at.
/// </summary>
internal sealed class BackgroundLoops : IAsyncDisposable
{
    private const long TickMs = 1_000;

    private readonly LogStore _store;
    private readonly StorageResources _resources;
    private readonly BackgroundWork _work;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _periodic;
    private readonly Task _flushing;

    internal BackgroundLoops(LogStore store, LogStoreOptions options, StorageResources resources, BackgroundWork work)
    {
        _store = store;
        _resources = resources;
        _work = work;
        Chore[] chores = ChoresOf(options);
        _periodic = Task.Run(() => RunPeriodicAsync(chores));
        _flushing = Task.Run(RunFlushesAsync);
    }

    private sealed class Chore(long periodMs, long firstMs, Action run)
    {
        private long _dueMs = firstMs;

        internal void RunIfDue(long nowMs)
        {
            if (nowMs >= _dueMs)
            {
                _dueMs = nowMs + periodMs;
                run();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _periodic;
        await _flushing;
        _stop.Dispose();
    }

    private Chore[] ChoresOf(LogStoreOptions options)
    {
        long nowMs = _resources.NowMs;
        Chore Every(long periodMs, Action run) => new(periodMs, nowMs + Math.Min(periodMs, options.InitialDelayMs), run);
        return
        [
            new Chore(TickMs, nowMs, () => _work.RunDue(_resources.NowMs)),
            Every(options.RetentionCheckMs, () => ForEachLog(log => log.DeleteOldSegments())),
            Every(options.FlushCheckMs, () => ForEachLog(FlushIfDue)),
            Every(options.ProducerExpirationCheckMs, () => ForEachLog(log => log.ExpireProducers(options.ProducerExpirationMs))),
            Every(options.HighWatermarkCheckpointMs, () => Checkpoint(CheckpointFile.HighWatermark, log => log.HighWatermark)),
            Every(options.RecoveryPointCheckpointMs, () => Checkpoint(CheckpointFile.RecoveryPoint, log => log.RecoveryPointToKeep)),
            Every(options.LogStartCheckpointMs, () => Checkpoint(CheckpointFile.LogStartOffset, log => log.LogStartOffset)),
        ];
    }

    private async Task RunPeriodicAsync(Chore[] chores)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(TickMs), _resources.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (Chore chore in chores)
                {
                    Run(chore);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The store is being closed.
        }
    }

    private async Task RunFlushesAsync()
    {
        try
        {
            await foreach (PartitionLog log in _work.Flushes.ReadAllAsync(_stop.Token))
            {
                Guarded(log, log => log.FlushSealed());
            }
        }
        catch (OperationCanceledException)
        {
            // The store is being closed, and syncs everything itself.
        }
    }

    // An edge: a chore that fails must not end the others.
    private void Run(Chore chore)
    {
        try
        {
            chore.RunIfDue(_resources.NowMs);
        }
        catch (Exception error)
        {
            _resources.Logger.LogError(error, "A background chore of the log store failed");
        }
    }

    private void ForEachLog(Action<PartitionLog> run)
    {
        foreach (PartitionLog log in _store.All)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            Guarded(log, run);
        }
    }

    private void Guarded(PartitionLog log, Action<PartitionLog> run)
    {
        try
        {
            run(log);
        }
        catch (IOException error)
        {
            _store.OnBackgroundError(log.Directory, error);
        }
    }

    private void FlushIfDue(PartitionLog log)
    {
        if (log.IsFlushDue(_resources.NowMs))
        {
            log.Flush();
        }
    }

    private void Checkpoint(string fileName, Func<PartitionLog, long> offsetOf)
    {
        foreach (LogDirectory directory in _store.Directories)
        {
            _store.WriteCheckpoint(directory, fileName, offsetOf);
        }
    }
}
