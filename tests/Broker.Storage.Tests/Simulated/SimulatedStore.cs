using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>A store on a simulated disk, with a folder or several.</summary>
internal sealed class SimulatedStore
{
    private readonly LogConfig _config;
    private readonly string[] _folders;

    internal SimulatedStore(LogConfig? config = null, params string[] folders)
    {
        _config = config ?? LogConfig.Default;
        _folders = folders is [] ? ["/data"] : folders;
        foreach (string folder in _folders)
        {
            Disk.CreateFolder(folder);
        }

        Disk.SyncFolder("/");
        Store = Open();
    }

    internal SimulatedDisk Disk { get; private set; } = new();

    internal ManualTime Time { get; } = new();

    internal LogStore Store { get; private set; }

    internal PartitionLog Log(int partition = 0) =>
        Store.Find(new TopicPartition("t", partition)) ?? Store.Create(new TopicPartition("t", partition), TestStore.TopicId, _config);

    /// <summary>The process is killed, and starts again: what was written is there, synced or not.</summary>
    internal void Crash()
    {
        foreach (PartitionLog log in Store.All)
        {
            log.Abandon();
        }

        Store = Open();
    }

    internal void CutPower(Random random)
    {
        Disk = Disk.AfterPowerCut(random);
        Store = Open();
    }

    private LogStore Open() => LogStore.Open(
        new LogStoreOptions { Directories = _folders, ConfigOf = _ => _config, Files = Disk, RecoveryThreadsPerDirectory = 1 },
        Time,
        NullLogger.Instance);
}
