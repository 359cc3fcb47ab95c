using System.Text;
using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Compaction;

/// <summary>A compacted log, one record a batch as a rule, for tests that tell what is cleaned and when.</summary>
internal static class CompactedLog
{
    public const long Hour = 60L * 60 * 1000;

    public static LogConfig Config { get; } = new()
    {
        CleanupPolicy = CleanupPolicy.Compact,
        SegmentBytes = 300,
        MinCleanableDirtyRatio = 0,
        DeleteRetentionMs = Hour,
    };

    public static TestStore Open(LogConfig? config = null, IFileSystem? files = null) =>
        new(config ?? Config, files ?? new WatchedFileSystem());

    /// <summary>Appends records, all of them decided at once: <c>key=value</c>, or <c>key</c> for a deletion.</summary>
    public static void Put(this TestStore test, params string[] records)
    {
        foreach (string record in records)
        {
            test.Log.Put(record, test.Time.NowMs);
        }
    }

    /// <param name="log">The log.</param>
    /// <param name="record">As above.</param>
    /// <param name="timeMs">The record's.</param>
    /// <param name="producerId">In a transaction when there is one.</param>
    /// <param name="sequence">The producer's.</param>
    public static void Put(this PartitionLog log, string record, long timeMs, long producerId = -1, int sequence = -1)
    {
        string[] parts = record.Split('=');
        using RecordBatchBuilder builder = new()
        {
            ProducerId = producerId,
            ProducerEpoch = (short)(producerId < 0 ? -1 : 0),
            BaseSequence = sequence,
            IsTransactional = producerId >= 0,
        };
        builder.Append(timeMs, Encoding.UTF8.GetBytes(parts[0]), parts.Length > 1 ? Encoding.UTF8.GetBytes(parts[1]) : null);
        LogAppendResult result = log.AppendAsLeader(builder.ToArray(), 0, AppendOrigin.Client);
        Assert.Equal((ErrorCode.None, null), (result.Error, result.ErrorMessage));
        log.UpdateHighWatermark(log.LogEndOffset);
    }

    public static void Roll(this TestStore test) => test.Log.Roll();

    /// <summary>Cleans until nothing needs it.</summary>
    public static int CleanAll(this TestStore test)
    {
        int count = 0;
        while (test.Store.CleanDirtiest())
        {
            count++;
            Assert.True(count < 100, "cleaning comes to an end");
        }

        return count;
    }

    /// <summary>The log's records, as they were put.</summary>
    public static string[] Contents(this TestStore test) =>
    [
        .. LogContents.ReadCommitted(test.Log).Select(record => record.Value is null ? record.Key! : $"{record.Key}={record.Value}"),
    ];
}
