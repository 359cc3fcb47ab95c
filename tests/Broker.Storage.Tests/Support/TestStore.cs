using KLog.Broker.Storage.Files;
using KLog.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Support;

/// <summary>A store in a temporary folder, and what tests do with it.</summary>
public sealed class TestStore : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IFileSystem _files;
    private readonly LogConfig _config;

    public TestStore(LogConfig? config = null, IFileSystem? files = null)
    {
        _config = config ?? new LogConfig();
        _files = files ?? DiskFileSystem.Instance;
        Store = Open();
    }

    public static TopicPartition Partition { get; } = new("topic", 0);

    public static Guid TopicId { get; } = new("3f2b8c14-9d50-4e3c-9b1a-6d2f7a8e0c11");

    public ManualTime Time { get; } = new();

    public string Path => _folder.Path;

    public string PartitionPath => System.IO.Path.Combine(Path, Partition.ToString());

    public LogStore Store { get; private set; }

    public PartitionLog Log => Store.Find(Partition) ?? Store.Create(Partition, TopicId, _config);

    public string[] FileNames =>
        [.. Directory.GetFiles(PartitionPath).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    /// <summary>Leaves the folder as a killed process would, and opens it again.</summary>
    /// <param name="damage">What else happens to the files in between.</param>
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
        Store = Open();
    }

    public void Dispose()
    {
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private LogStore Open() => LogStore.Open(
        new LogStoreOptions { Directories = [_folder.Path], ConfigOf = _ => _config, Files = _files },
        Time,
        NullLogger.Instance);
}
