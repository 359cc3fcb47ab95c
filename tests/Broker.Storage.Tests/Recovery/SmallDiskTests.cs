using System.Diagnostics;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Recovery;

/// <summary>A file system of 1 MiB in memory; skipped where this user may not mount one.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        using TemporaryFolder folder = new();
        Skip = SmallDisk.TryMount(folder.Path) ? null : "mounting a tmpfs is not allowed here";
        SmallDisk.Unmount(folder.Path);
    }
}

internal static class SmallDisk
{
    internal static bool TryMount(string path) => Run("mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=200", "tmpfs", path);

    internal static void Unmount(string path) => Run("umount", path);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

public class SmallDiskTests
{
    private static readonly LogConfig Config = new() { SegmentBytes = 60_000, IndexIntervalBytes = 100, FileDeleteDelayMs = 0 };

    [SmallDiskFact]
    public async Task A_real_disk_that_is_full_takes_produces_again_once_there_is_room()
    {
        using TemporaryFolder folder = new();
        Assert.True(SmallDisk.TryMount(folder.Path));
        try
        {
            LogStore store = Open(folder.Path);
            PartitionLog log = store.Create(TestStore.Partition, TestStore.TopicId, Config);
            List<(long, long)> appended = [];
            for (int round = 0; round < 3; round++)
            {
                Assert.True(Fill(log, appended, 0) > 0);
                for (int i = 0; i < 50; i++)
                {
                    Fill(log, appended, i);
                }

                Assert.False(log.Directory.IsOffline, log.Directory.OfflineReason);
                Assert.Equal(appended, log.ReadAll(log.LogStartOffset));
                TryFlush(log);
                store.WriteCheckpoints();

                // A process that is killed here starts on the full disk, too.
                store.All.ToList().ForEach(each => each.Abandon());
                store.Directories[0].Dispose();
                store = Open(folder.Path);
                log = store.Find(TestStore.Partition)!;
                Assert.Equal(appended, log.ReadAll(log.LogStartOffset));

                log.UpdateHighWatermark(log.LogEndOffset);
                log.AdvanceLogStart(log.SegmentBaseOffsets[5]);
                Assert.Equal(5, log.DeleteOldSegments());
                store.RunDueDeletions();
                appended.RemoveAll(batch => batch.Item1 < log.LogStartOffset);
            }

            await store.DisposeAsync();
        }
        finally
        {
            SmallDisk.Unmount(folder.Path);
        }
    }

    private static int Fill(PartitionLog log, List<(long, long)> appended, int size)
    {
        for (int count = 0; ; count++)
        {
            LogAppendResult result = log.AppendAsLeader(Batches.Of(3, valueSize: size), 0, AppendOrigin.Client);
            if (result.Error != ErrorCode.None)
            {
                Assert.Equal(ErrorCode.KafkaStorageError, result.Error);
                return count;
            }

            appended.Add((result.BaseOffset, result.LastOffset));
        }
    }

    private static void TryFlush(PartitionLog log)
    {
        try
        {
            log.Flush();
        }
        catch (IOException)
        {
            // The disk is full. That nothing is lost is what the test looks at.
        }
    }

    private static LogStore Open(string path) => LogStore.Open(
        new LogStoreOptions { Directories = [path], ConfigOf = _ => Config }, new ManualTime(), NullLogger.Instance);
}
