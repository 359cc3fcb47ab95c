using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// Lets appends wait until they are on the disk, without a thread each: one sync at a time runs for the log, and
/// acknowledges everything that was appended before it began. Appends go on meanwhile; those that come while it runs
/// share the next one.
/// </summary>
/// <param name="flush">Syncs all that has been appended when it is called; throws <see cref="IOException"/>.</param>
/// <param name="threads">Those of the folder that the log is in now.</param>
internal sealed class GroupCommit(Action flush, Func<DiskThreads> threads)
{
    private readonly Lock _gate = new();
    private List<TaskCompletionSource> _waiting = [];
    private List<TaskCompletionSource> _served = [];
    private bool _isRunning;

    /// <summary>
    /// Called after the append. Completes on the thread that has synced, or fails with the <see cref="IOException"/>
    /// of the sync: what comes after the wait has to be short.
    /// </summary>
    internal Task WaitAsync()
    {
        // No RunContinuationsAsynchronously: a hop to another thread costs more than sending an answer.
        TaskCompletionSource waiter = new();
        lock (_gate)
        {
            _waiting.Add(waiter);
            if (_isRunning)
            {
                return waiter.Task;
            }

            _isRunning = true;
        }

        threads().Run(RunOnce);
        return waiter.Task;
    }

    private void RunOnce()
    {
        lock (_gate)
        {
            (_waiting, _served) = (_served, _waiting);
        }

        IOException? failure = null;
        try
        {
            flush();
        }
        catch (IOException error)
        {
            failure = error;
        }

        // Before the answers, which take their time: what has come meanwhile is synced next, perhaps by another thread.
        List<TaskCompletionSource> served = _served;
        bool goesOn;
        lock (_gate)
        {
            _served = [];
            _isRunning = goesOn = _waiting.Count > 0;
        }

        if (goesOn)
        {
            threads().Run(RunOnce);
        }

        foreach (TaskCompletionSource waiter in served)
        {
            if (failure is null)
            {
                waiter.SetResult();
            }
            else
            {
                waiter.SetException(failure);
            }
        }
    }
}
