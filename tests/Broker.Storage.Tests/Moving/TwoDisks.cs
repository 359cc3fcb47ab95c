using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Moving;

/// <summary>A store with the folders a, b and c, and one log in a, with a value in each record that tells its offset.</summary>
public sealed class TwoDisks : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private IFileSystem _files = StoppingFileSystem.ThatWorks;

    public TwoDisks(LogConfig? config = null, Func<string, IFileSystem>? files = null)
    {
        Config = config ?? new LogConfig { SegmentBytes = 600, IndexIntervalBytes = 100 };
        _files = files?.Invoke(_folder.Path) ?? _files;
        Store = Open();
        Store.Prefer(Partition, A);
        Store.Create(Partition, TestStore.TopicId, Config);
    }

    public static TopicPartition Partition => TestStore.Partition;

    public LogConfig Config { get; }

    public ManualTime Time { get; } = new();

    public string Path => _folder.Path;

    public LogStore Store { get; private set; }

    public PartitionLog Log => Store.Find(Partition)!;

    public LogDirectory A => Store.Directories[0];

    public LogDirectory B => Store.Directories[1];

    public LogDirectory C => Store.Directories[2];

    /// <summary>The folders in a folder of log.dirs, with digits for the random ones.</summary>
    public static string[] FoldersOf(LogDirectory directory) =>
    [
        .. Directory.GetDirectories(directory.Path).Select(path =>
        {
            string name = System.IO.Path.GetFileName(path);
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? name : name[..dot] + "." + name[(dot + 33)..];
        }).Order(StringComparer.Ordinal),
    ];

    public void Fill(int batches)
    {
        for (int i = 0; i < batches; i++)
        {
            Append();
        }
    }

    public void Append()
    {
        LogAppendResult result = TryAppend();
        Assert.Equal((ErrorCode.None, null), (result.Error, result.ErrorMessage));
    }

    public LogAppendResult TryAppend() => Log.AppendAsLeader(Batches.Of(1, valueSize: 40), 0, AppendOrigin.Client);

    /// <summary>Every record from the start is there once, with its own bytes.</summary>
    public void CheckRecords(long endOffset)
    {
        Assert.Equal(endOffset, Log.LogEndOffset);
        Assert.Equal(
            Enumerable.Range((int)Log.LogStartOffset, (int)(endOffset - Log.LogStartOffset)).Select(offset => ((long)offset, (long)offset)),
            Log.ReadAll(Log.LogStartOffset));
    }

    public async Task<bool> MoveAsync(LogDirectory target) => await Store.Move(Log, target)!.Completion;

    public async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    /// <summary>As a killed process leaves it, opened by the next one on disks that work.</summary>
    public void Crash(Action? damage = null)
    {
        foreach (PartitionLog log in Store.All)
        {
            log.Abandon();
        }

        foreach (LogDirectory directory in Store.Directories)
        {
            directory.Dispose();
        }

        damage?.Invoke();
        _files = StoppingFileSystem.ThatWorks;
        Store = Open();
    }

    public void Dispose()
    {
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private LogStore Open() => LogStore.Open(
        new LogStoreOptions
        {
            Directories = [$"{Path}/a", $"{Path}/b", $"{Path}/c"],
            ConfigOf = _ => Config,
            Files = _files,
        },
        Time,
        NullLogger.Instance);
}
