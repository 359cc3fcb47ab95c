using KLog.Broker.Storage.Files;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// One folder of log.dirs, on a disk of its own as a rule: locked by this process, and in use until it fails. Once
/// offline it stays so until the broker is started again; its partitions answer KAFKA_STORAGE_ERROR.
/// </summary>
public sealed class LogDirectory : IDisposable
{
    private const int FlushThreadsMax = 8;

    private readonly StorageResources _resources;
    private readonly IDisposable? _lock;
    private IOException? _failure;
    private int _logCount;

    private LogDirectory(StorageResources resources, string path, IDisposable? locked)
    {
        _resources = resources;
        _lock = locked;
        Path = path;
        FlushThreads = new DiskThreads("flush", FlushThreadsMax);
    }

    /// <summary>Absolute, without a slash at its end.</summary>
    public string Path { get; }

    public bool IsOffline => Volatile.Read(ref _failure) is not null;

    /// <summary>Why it is offline.</summary>
    public string? OfflineReason => Volatile.Read(ref _failure)?.Message;

    /// <summary>They wait in fsync for this folder's logs.</summary>
    internal DiskThreads FlushThreads { get; }

    /// <summary>Partitions in it.</summary>
    public int LogCount => Volatile.Read(ref _logCount);

    /// <summary>Whose folder it is; null in one that no broker has used.</summary>
    public MetaProperties? Meta { get; private set; }

    /// <summary>The last start found it as a clean shutdown had left it.</summary>
    public bool WasCleanShutdown { get; private set; }

    /// <summary>Called once, on the thread that met the failure, which may hold a log's locks: it must not wait.</summary>
    public event Action<LogDirectory>? Failed;

    /// <summary>Bytes free, and in all; (-1, -1) when the disk does not say.</summary>
    public (long Free, long Total) Space
    {
        get
        {
            try
            {
                return _resources.Files.Space(Path);
            }
            catch (Exception error) when (error is IOException or ArgumentException)
            {
                return (-1, -1);
            }
        }
    }

    internal const string LockFile = ".lock";

    /// <summary>Held while one of its checkpoint files is replaced: the offsets in it are those that were read last.</summary>
    internal Lock Checkpointing { get; } = new();

    /// <summary>A folder whose disk refuses is opened as offline.</summary>
    /// <exception cref="LogDirectoryLockedException">Another process uses the folder.</exception>
    /// <exception cref="InvalidDataException">Its <c>meta.properties</c> cannot be understood.</exception>
    internal static LogDirectory Open(StorageResources resources, string path)
    {
        string absolute = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        IDisposable? locked = null;
        try
        {
            resources.Files.CreateFolder(absolute);
            locked = resources.Files.TryLock($"{absolute}/{LockFile}") ?? throw new LogDirectoryLockedException(absolute);
            LogDirectory directory = new(resources, absolute, locked);
            directory.Meta = MetaProperties.Read(resources.Files, absolute);
            directory.WasCleanShutdown = CleanShutdownMarker.Take(resources.Files, absolute, out _);
            return directory;
        }
        catch (InvalidDataException)
        {
            locked?.Dispose();
            throw;
        }
        catch (IOException error)
        {
            locked?.Dispose();
            LogDirectory directory = new(resources, absolute, null);
            directory.Fail(error as IOException ?? new IOException(error.Message, error));
            return directory;
        }
    }

    /// <summary>Gives the folder up. Only the first failure counts.</summary>
    public void Fail(IOException error)
    {
        if (Interlocked.CompareExchange(ref _failure, error, null) is null)
        {
            _resources.Logger.LogError(error, "The folder {Path} has failed, and is offline with its partitions", Path);
            Failed?.Invoke(this);
        }
    }

    internal void CountLog(int change) => Interlocked.Add(ref _logCount, change);

    internal void WriteMeta(MetaProperties meta)
    {
        meta.Write(_resources.Files, Path);
        Meta = meta;
    }

    /// <summary>Lets other processes have the folder.</summary>
    public void Dispose() => _lock?.Dispose();
}

/// <summary>A folder is in use by another process, most likely another broker.</summary>
public sealed class LogDirectoryLockedException : Exception
{
    public LogDirectoryLockedException(string path)
        : base($"The data folder {path} is in use by another process: its file {LogDirectory.LockFile} is locked.")
    {
    }

    public LogDirectoryLockedException()
    {
    }

    public LogDirectoryLockedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
