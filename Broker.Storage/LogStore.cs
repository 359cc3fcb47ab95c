using System.Collections.Concurrent;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// All logs of a broker, in its folders. Opening it locks the folders and opens every log found in them; disposing it
/// is the clean shutdown. Folders of other kinds (<c>-stray</c>, whatever is not a partition) are left alone.
/// </summary>
public sealed partial class LogStore : IAsyncDisposable
{
    private readonly StorageResources _resources;
    private readonly BackgroundWork _work;
    private readonly LogStoreOptions _options;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> _logs = new();
    private readonly Lock _creating = new();
    private readonly LogDirectory[] _directories;
    private readonly LogCleaner _cleaner;
    private BackgroundLoops? _loops;
    private bool _isDisposed;

    private LogStore(LogStoreOptions options, StorageResources resources, LogDirectory[] directories)
    {
        _options = options;
        _resources = resources;
        _work = new BackgroundWork(resources) { CheckpointOffsets = LowerRestartPoints };
        _directories = directories;
        _cleaner = new LogCleaner(this, resources, options.Cleaner);
        _moves = new LogMoves(this, resources, Math.Max(1, directories.Length));
    }

    /// <summary>In the order of log.dirs, offline ones too.</summary>
    public IReadOnlyList<LogDirectory> Directories => _directories;

    /// <summary>For reads that <see cref="PartitionLog.Read"/> has found to be cold.</summary>
    public Files.ColdReads ColdReads => _resources.ColdReads;

    public IEnumerable<PartitionLog> All => _logs.Values;

    public int Count => _logs.Count;

    /// <summary>How compacted logs are cleaned; may be replaced at any time, but for <see cref="CleanerOptions.IsEnabled"/>.</summary>
    public CleanerOptions Cleaner
    {
        get => _cleaner.Options;
        set => _cleaner.Options = value;
    }

    /// <summary>Those that the cleaner had to give up; each says why.</summary>
    public IReadOnlyList<PartitionLog> UncleanableLogs => [.. All.Where(log => log.UncleanableReason is not null)];

    /// <summary>What is written into <c>.kafka_cleanshutdown</c>: the epoch under which the broker was registered (KIP-966).</summary>
    public long BrokerEpoch { get; set; } = -1;

    /// <exception cref="LogDirectoryLockedException">Another process uses one of the folders.</exception>
    public static LogStore Open(LogStoreOptions options, TimeProvider time, ILogger logger)
    {
        StorageResources resources = StorageResources.Create(options.Files, time, logger);
        List<LogDirectory> directories = [];
        try
        {
            foreach (string path in options.Directories)
            {
                directories.Add(LogDirectory.Open(resources, path));
            }
        }
        catch
        {
            directories.ForEach(directory => directory.Dispose());
            throw;
        }

        LogStore store = new(options, resources, [.. directories]);
        store.Load();

        // What a recovery has made anew is not synced yet: the old checkpoint would vouch for it as soon as the log rolls.
        foreach (LogDirectory directory in store._directories.Where(directory => !directory.WasCleanShutdown))
        {
            store.Lower(directory, CheckpointFile.RecoveryPoint, log => log.RecoveryPointToKeep);
        }

        return store;
    }

    public PartitionLog? Find(TopicPartition partition) => _logs.GetValueOrDefault(partition);

    /// <summary>
    /// Makes the partition's folder and an empty log, in the folder of log.dirs that has the fewest; where its disk fails, in
    /// the next one. A log that is there already is the answer when it belongs to the same topic.
    /// </summary>
    /// <param name="isNew">
    /// The partition cannot have a log here yet. If it may have one, none is made while a folder is offline: the log may lie
    /// there, and an empty one beside it would pass for it.
    /// </param>
    /// <exception cref="InvalidOperationException">The folder there belongs to another topic of the same name.</exception>
    /// <exception cref="IOException">No folder is online, or the disk refused.</exception>
    public PartitionLog Create(TopicPartition partition, Guid topicId, LogConfig config, bool isNew = true)
    {
        lock (_creating)
        {
            if (Find(partition) is { } existing)
            {
                existing.AssignTopicId(topicId);
                existing.Config = config;
                return existing;
            }

            if (!isNew && _directories.FirstOrDefault(directory => directory.IsOffline) is { } offline)
            {
                throw new IOException($"The log of {partition} is in no folder that is online; it may lie in {offline.Path}.");
            }

            while (true)
            {
                LogDirectory directory = TakePreferred(partition) ?? Emptiest();
                try
                {
                    return Create(directory, partition, topicId, config);
                }
                catch (IOException error) when (!Files.DiskError.IsDiskFull(error))
                {
                    directory.Fail(error);
                }
            }
        }
    }

    private PartitionLog Create(LogDirectory directory, TopicPartition partition, Guid topicId, LogConfig config)
    {
        PartitionFolder folder = new($"{directory.Path}/{partition}");
        _resources.Files.CreateFolder(folder.Path);
        if (topicId != Guid.Empty)
        {
            PartitionMetadataFile.Write(_resources.Files, folder, topicId);
        }

        LoadedLog made = LogRecovery.Create(_resources, folder, config);
        PartitionLog log = new(_resources, _work, directory, folder, partition, topicId, config, made);
        Add(log);
        return log;
    }

    /// <summary>The log is gone at once; its files go after file.delete.delay.ms. Nothing happens when there is none.</summary>
    public void Delete(TopicPartition partition)
    {
        lock (_creating)
        {
            if (!_logs.TryRemove(partition, out PartitionLog? log))
            {
                return;
            }

            _moves.Cancel(partition);
            try
            {
                log.MarkDeleted();
            }
            catch (IOException error)
            {
                log.Directory.Fail(error);
                throw;
            }
            finally
            {
                log.Directory.CountLog(-1);
            }
        }
    }

    /// <summary>
    /// Says whose folders these are, in <c>meta.properties</c>: written where it is missing, compared where it is there.
    /// </summary>
    /// <exception cref="InvalidDataException">A folder belongs to another broker, or to another cluster.</exception>
    public void Claim(int brokerId, string clusterId)
    {
        foreach (LogDirectory directory in _directories.Where(directory => !directory.IsOffline))
        {
            if (directory.Meta is not { } meta)
            {
                directory.WriteMeta(new MetaProperties(0, brokerId, clusterId, null));
            }
            else if ((meta.BrokerId >= 0 && meta.BrokerId != brokerId) || (meta.ClusterId ?? clusterId) != clusterId)
            {
                throw new InvalidDataException(
                    $"The data folder {directory.Path} belongs to broker {meta.BrokerId} of cluster {meta.ClusterId}, "
                    + $"and not to broker {brokerId} of cluster {clusterId}.");
            }
        }
    }

    /// <summary>Starts retention, flushing, checkpoints, deletion, producer expiry and the cleaner, and goes on with moves.</summary>
    public void StartBackground()
    {
        Invariant.Holds(_loops is null, "the background loops are started once");
        _loops = new BackgroundLoops(this, _options, _resources, _work);
        _cleaner.Start();
        ResumeMoves();
    }

    /// <summary>Writes the checkpoint files now.</summary>
    public void WriteCheckpoints() => Array.ForEach(_directories, WriteCheckpoints);

    internal void WriteCheckpoints(LogDirectory directory)
    {
        WriteCheckpoint(directory, CheckpointFile.RecoveryPoint, log => log.RecoveryPointToKeep);
        WriteCheckpoint(directory, CheckpointFile.LogStartOffset, log => log.LogStartOffset);
        WriteCheckpoint(directory, CheckpointFile.HighWatermark, log => log.HighWatermark);
        WriteCheckpoint(directory, CheckpointFile.Cleaner, log => log.CleanOffset);
    }

    /// <summary>Cleans the log that needs it most, as the cleaner's threads do; false when none does.</summary>
    internal bool CleanDirtiest() => _cleaner.CleanDirtiest();

    /// <summary>The clean shutdown: everything is synced, and the next start has nothing to recover.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _cleaner.DisposeAsync();
        await _moves.StopAsync();
        if (_loops is { } loops)
        {
            await loops.DisposeAsync();
        }

        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, _options.RecoveryThreadsPerDirectory) * _directories.Length };
        ConcurrentDictionary<LogDirectory, bool> notClean = new();
        await Parallel.ForEachAsync(All.OrderBy(log => log.Path, StringComparer.Ordinal), parallel, (log, _) =>
        {
            if (!TryCloseCleanly(log))
            {
                notClean[log.Directory] = true;
            }

            return ValueTask.CompletedTask;
        });
        WriteCheckpoints();
        foreach (LogDirectory directory in _directories)
        {
            if (!notClean.ContainsKey(directory))
            {
                WriteMarker(directory);
            }

            directory.Dispose();
        }
    }

    /// <summary>Deletes the files whose delay is over: what the background loops do every second.</summary>
    internal void RunDueDeletions() => _work.RunDue(_resources.NowMs);

    /// <returns>False when the disk is full, and the file is as it was.</returns>
    internal bool WriteCheckpoint(LogDirectory directory, string fileName, Func<PartitionLog, long> offsetOf)
    {
        if (directory.IsOffline)
        {
            return true;
        }

        // A log that moves stands in both folders' files: it may have moved when they are read.
        HashSet<PartitionLog> coming = [.. _moves.All.Where(move => move.Target == directory).Select(move => move.Log)];
        string path = $"{directory.Path}/{fileName}";
        lock (directory.Checkpointing)
        {
            try
            {
                CheckpointFile.WriteOffsets(
                    _resources.Files,
                    path,
                    All.Where(log => ReferenceEquals(log.Directory, directory) || coming.Contains(log))
                        .Select(log => KeyValuePair.Create(log.TopicPartition, offsetOf(log)))
                        .Where(entry => IsWorthNoting(fileName, entry.Value)));
                return true;
            }
            catch (IOException error)
            {
                OnBackgroundError(directory, error);
                return false;
            }
        }
    }

    /// <summary>Corrects from where on a start reads the folder's logs, and where they begin.</summary>
    private void LowerRestartPoints(LogDirectory directory)
    {
        Lower(directory, CheckpointFile.RecoveryPoint, log => log.RecoveryPointToKeep);
        Lower(directory, CheckpointFile.LogStartOffset, log => log.LogStartOffset);
    }

    // Where the disk is too full for the new file the old one goes: a start without it reads all there is.
    private void Lower(LogDirectory directory, string fileName, Func<PartitionLog, long> offsetOf)
    {
        if (WriteCheckpoint(directory, fileName, offsetOf) || directory.IsOffline)
        {
            return;
        }

        try
        {
            _resources.Files.DeleteFile($"{directory.Path}/{fileName}");
            _resources.Files.SyncFolder(directory.Path);
        }
        catch (IOException error)
        {
            directory.Fail(error);
        }
    }

    private static bool IsWorthNoting(string fileName, long offset) => fileName switch
    {
        CheckpointFile.LogStartOffset => offset > 0,
        CheckpointFile.Cleaner => offset >= 0,
        _ => true,
    };

    /// <summary>A full disk is no reason to give a folder up; whatever else is.</summary>
    internal void OnBackgroundError(LogDirectory directory, IOException error)
    {
        if (Files.DiskError.IsDiskFull(error))
        {
            _resources.Logger.LogWarning("{Path}: {Reason}", directory.Path, error.Message);
        }
        else
        {
            directory.Fail(error);
        }
    }

    private void Add(PartitionLog log)
    {
        if (!_logs.TryAdd(log.TopicPartition, log))
        {
            throw new InvalidDataException(
                $"{log.TopicPartition} is in two folders: {_logs[log.TopicPartition].Path} and {log.Path}.");
        }

        log.Directory.CountLog(1);
    }

    private LogDirectory Emptiest()
    {
        return _directories.Where(directory => !directory.IsOffline).MinBy(directory => directory.LogCount)
            ?? throw new IOException("No data folder is online.");
    }

    // On a full disk too, the next start recovers.
    private bool TryCloseCleanly(PartitionLog log)
    {
        try
        {
            log.CloseCleanly();
            return true;
        }
        catch (IOException error)
        {
            OnBackgroundError(log.Directory, error);
            log.Abandon();
            return false;
        }
    }

    private void WriteMarker(LogDirectory directory)
    {
        try
        {
            if (!directory.IsOffline)
            {
                CleanShutdownMarker.Write(_resources.Files, directory.Path, BrokerEpoch);
            }
        }
        catch (IOException error)
        {
            OnBackgroundError(directory, error);
        }
    }
}
