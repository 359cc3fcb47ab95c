using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// Cleans the store's compacted logs, the dirtiest first, on threads of its own. A log that cannot be cleaned is marked
/// and left; one that changes meanwhile is tried again later; the others go on.
/// </summary>
internal sealed class LogCleaner : IAsyncDisposable
{
    private readonly LogStore _store;
    private readonly StorageResources _resources;
    private readonly CleanerThrottle _throttle = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _choosing = new();
    private readonly HashSet<PartitionLog> _inProgress = [];
    private readonly List<Task> _threads = [];
    private readonly long _startedAt;
    private volatile CleanerOptions _options;
    private bool _isStarted;

    internal LogCleaner(LogStore store, StorageResources resources, CleanerOptions options)
    {
        _store = store;
        _resources = resources;
        _options = options;
        _startedAt = resources.Time.GetTimestamp();
        Wait = WaitFor;
    }

    /// <summary>Applies from the next cleaning on; the rate from the next piece on.</summary>
    internal CleanerOptions Options
    {
        get => _options;
        set
        {
            lock (_choosing)
            {
                _options = value;
                StartThreads();
            }
        }
    }

    /// <summary>Waits; false when the cleaner is to stop. Tests put another one here.</summary>
    internal Func<TimeSpan, bool> Wait { get; init; }

    internal void Start()
    {
        lock (_choosing)
        {
            _isStarted = _options.IsEnabled;
            StartThreads();
        }
    }

    /// <summary>Cleans the log that needs it most; false when none does.</summary>
    internal bool CleanDirtiest()
    {
        if (Choose() is not { } log)
        {
            return false;
        }

        try
        {
            long before = log.CleanOffset;
            if (IsKnownAsCleaned(log))
            {
                Clean(log);
            }

            if (log.CleanOffset != before)
            {
                WriteCheckpoint(log.Directory);
            }
            else
            {
                // A full disk, or a log that keeps changing: the others first.
                log.CleanAgainMs = _resources.NowMs + _options.BackoffMs;
            }
        }
        finally
        {
            lock (_choosing)
            {
                _inProgress.Remove(log);
            }
        }

        return true;
    }

    /// <summary>Ends after the pieces that the threads are at; what they were writing is taken up by the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] threads;
        lock (_choosing)
        {
            _isStarted = false;
            threads = [.. _threads];
        }

        await _stop.CancelAsync();
        await Task.WhenAll(threads);
        _stop.Dispose();
    }

    private PartitionLog? Choose()
    {
        lock (_choosing)
        {
            PartitionLog? dirtiest = null;
            double ratio = -1;
            long nowMs = _resources.NowMs;
            foreach (PartitionLog log in _store.All)
            {
                if (log.MayBeCleaned
                    && log.SegmentCount > 1
                    && log.CleanAgainMs <= nowMs
                    && !_inProgress.Contains(log)
                    && Plan(log) is { } plan
                    && plan.IsWorthwhile(log.Config)
                    && plan.DirtyRatio > ratio)
                {
                    dirtiest = log;
                    ratio = plan.DirtyRatio;
                }
            }

            if (dirtiest is not null)
            {
                _inProgress.Add(dirtiest);
            }

            return dirtiest;
        }
    }

    /// <summary>
    /// The checkpoint names every log that was ever cleaned before it has gaps: a start that read it, and did not know so,
    /// would take a gap for the end of what is whole.
    /// </summary>
    private bool IsKnownAsCleaned(PartitionLog log)
    {
        if (log.CleanOffset >= 0)
        {
            return true;
        }

        log.CleanOffset = log.LogStartOffset;
        return WriteCheckpoint(log.Directory);
    }

    private bool WriteCheckpoint(LogDirectory directory) =>
        _store.WriteCheckpoint(directory, CheckpointFile.Cleaner, log => log.CleanOffset);

    private CleanPlan? Plan(PartitionLog log)
    {
        try
        {
            return log.PlanCleaning(_resources.NowMs);
        }
        catch (IOException error)
        {
            OnDiskError(log, error);
            return null;
        }
    }

    // An edge: whatever is wrong with one log must not keep the others from being cleaned.
    private void Clean(PartitionLog log)
    {
        int truncations = log.Truncations;
        try
        {
            CleanerOptions options = _options;
            CleanerIo io = new(log, _resources.Files, options.BufferBytesPerThread, Note, Wait);
            new LogCompaction(log, _resources, options, io).Run();
        }
        catch (OperationCanceledException)
        {
            // Stopped, or the log is closed.
        }
        catch (Exception) when (log.IsGone || log.Truncations != truncations)
        {
            // It was changed under the cleaner's hands.
        }
        catch (IOException error)
        {
            OnDiskError(log, error);
        }
        catch (Exception error)
        {
            log.MarkUncleanable(error.Message);
        }
    }

    private void OnDiskError(PartitionLog log, IOException error)
    {
        if (error is FileNotFoundException or DirectoryNotFoundException or EndOfStreamException)
        {
            // Not the disk's fault: a file was taken away.
            if (!log.IsGone)
            {
                log.MarkUncleanable(error.Message);
            }

            return;
        }

        _store.OnBackgroundError(log.Directory, error);
    }

    private TimeSpan Note(int bytes) =>
        _throttle.Note(bytes, _options.IoMaxBytesPerSecond, _resources.Time.GetElapsedTime(_startedAt));

    private bool WaitFor(TimeSpan time)
    {
        if (time > TimeSpan.Zero && !_stop.IsCancellationRequested)
        {
            Task.Delay(time < LongestWait ? time : LongestWait, _resources.Time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }

        return !_stop.IsCancellationRequested;
    }

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // Under the lock. A thread whose number is not wanted any more ends by itself.
    private void StartThreads()
    {
        if (!_isStarted)
        {
            return;
        }

        for (int number = 0; number < _options.Threads; number++)
        {
            int own = number;
            if (number == _threads.Count)
            {
                _threads.Add(Task.CompletedTask);
            }

            if (_threads[number].IsCompleted)
            {
                _threads[number] = Task.Factory.StartNew(
                    () => Run(own), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
    }

    private void Run(int number)
    {
        while (number < _options.Threads && !_stop.IsCancellationRequested)
        {
            bool hasCleaned = false;
            try
            {
                hasCleaned = CleanDirtiest();
            }
            catch (Exception error)
            {
                _resources.Logger.LogError(error, "The log cleaner has met an error that it does not know");
            }

            if (!hasCleaned)
            {
                WaitFor(TimeSpan.FromMilliseconds(_options.BackoffMs));
            }
        }
    }
}
