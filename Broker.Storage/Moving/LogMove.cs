using KLog.Broker.Storage.Files;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// A log on its way to another folder of log.dirs (KIP-113), as a future replica: it is copied while it is used, until
/// so little is missing that appends can wait for the rest.
/// </summary>
public sealed class LogMove
{
    /// <summary>What may be copied and synced while appends wait.</summary>
    private const long LastBytesMax = 1 << 20;

    /// <summary>An active segment larger than this is rolled, so that its indexes need not be copied while appends wait.</summary>
    private const int LargeActiveBytes = 16 << 20;

    /// <summary>Rounds that bring nothing before the move is given up: a file is shorter than the log has it.</summary>
    private const int FruitlessRoundsMax = 100;

    private readonly LogStore _store;
    private readonly StorageResources _resources;
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LogCopy? _copy;
    private volatile bool _isCancelled;
    private volatile bool _keepsFolder;

    internal LogMove(LogStore store, StorageResources resources, PartitionLog log, LogDirectory target, LogMove? predecessor)
    {
        _store = store;
        _resources = resources;
        Log = log;
        Target = target;
        Predecessor = predecessor;
    }

    public PartitionLog Log { get; }

    public LogDirectory Target { get; }

    /// <summary>Completes with whether the log is in <see cref="Target"/> now; it never fails.</summary>
    public Task<bool> Completion => _done.Task;

    /// <summary>Bytes of records that the future replica has.</summary>
    public long CopiedBytes => _copy?.CopiedBytes ?? 0;

    /// <summary>The future replica has all records below, and perhaps more.</summary>
    public long CopiedOffset => _copy?.CopiedOffset ?? 0;

    /// <summary>The move of the same log that this one replaces.</summary>
    internal LogMove? Predecessor { get; private set; }

    /// <summary>The log stays where it is, unless it has moved already.</summary>
    internal void Cancel() => _isCancelled = true;

    /// <summary>The same, and the next start makes the copy anew.</summary>
    internal void Suspend()
    {
        _keepsFolder = true;
        _isCancelled = true;
    }

    /// <summary>Runs it to its end, on a thread that may wait for disks.</summary>
    internal void Run()
    {
        Predecessor?.Completion.Wait();
        Predecessor = null;
        FutureFolder? future = null;
        LogDirectory source = Log.Directory;
        bool isThere = ReferenceEquals(source, Target);
        try
        {
            if (!isThere && !Log.IsGone && !Target.IsOffline && !_isCancelled)
            {
                future = new FutureFolder(_resources.Files, Target, Log.TopicPartition);
                isThere = CopyAndSwitch(future);
            }
        }
        catch (IOException error)
        {
            Note(error, future);
        }
        finally
        {
            End(future, isThere, source);
        }
    }

    private bool CopyAndSwitch(FutureFolder future)
    {
        future.Create(Log.Directory.Path);
        LogCopy copy = new(_resources.Files, future, () => _isCancelled);
        _copy = copy;
        try
        {
            copy.Follow(Log);
            RollLargeActive();
            for (int fruitless = 0; fruitless < FruitlessRoundsMax && !_isCancelled && !Log.IsGone && !Target.IsOffline;)
            {
                long before = copy.CopiedBytes;
                copy.Follow(Log);
                if (copy.MissingBytes(Log.Segments) <= LastBytesMax && TrySwitch(copy, future))
                {
                    return true;
                }

                fruitless = copy.CopiedBytes == before ? fruitless + 1 : 0;
            }

            _resources.Logger.LogWarning("{Partition} stays in {Directory}", Log.TopicPartition, Log.Directory.Path);
            return false;
        }
        finally
        {
            copy.Close();
        }
    }

    private bool TrySwitch(LogCopy copy, FutureFolder future)
    {
        // Before the copy can be the log: a start finds there from where to recover, and where the log starts.
        int truncations = Log.Truncations;
        _store.WriteCheckpoints(Target);
        future.Describe(Log.TopicId, Log.LeaderEpochs);
        return Log.TrySwitch(copy, future, LastBytesMax, truncations);
    }

    private void RollLargeActive()
    {
        try
        {
            if (Log.Segments.Active.Size > LargeActiveBytes)
            {
                Log.Roll();
            }
        }
        catch (IOException error) when (DiskError.IsDiskFull(error))
        {
            // All the more reason to move.
        }
    }

    private void Note(IOException error, FutureFolder? future)
    {
        _resources.Logger.LogError(error, "The move of {Partition} to {Directory} has failed", Log.TopicPartition, Target.Path);
        if (future?.Failure is { } failure)
        {
            if (!DiskError.IsDiskFull(failure))
            {
                Target.Fail(failure);
            }
        }
        else if (!Log.IsGone && !DiskError.IsDiskFull(error))
        {
            Log.Directory.Fail(error);
        }
    }

    private void End(FutureFolder? future, bool isThere, LogDirectory source)
    {
        try
        {
            if (isThere)
            {
                future?.ForgetSource();
            }
            else if (!_keepsFolder && !Log.Directory.IsOffline)
            {
                future?.Discard();
            }

            if (future is not null)
            {
                _store.WriteCheckpoints(source);
                _store.WriteCheckpoints(Target);
            }
        }
        catch (IOException error)
        {
            Note(error, future);
        }
        finally
        {
            _store.Ended(this);
            _done.SetResult(isThere);
        }
    }
}
