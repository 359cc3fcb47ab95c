using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Inspection;

/// <summary>Makes a log with everything that a log can hold, and verifies and dumps it.</summary>
internal static class InspectedLog
{
    public static LogConfig Config { get; } = new() { SegmentBytes = 5_000, IndexIntervalBytes = 400, TimestampAfterMaxMs = long.MaxValue };

    /// <summary>Batches of all codecs, sizes and epochs, of plain, idempotent and transactional producers.</summary>
    public static void Fill(TestStore test, Random random, int appends = 70)
    {
        int[] sequences = new int[6];
        bool[] open = new bool[6];
        int epoch = 0;
        for (int i = 0; i < appends; i++)
        {
            epoch += random.Next(20) == 0 ? random.Next(1, 3) : 0;
            long timeMs = test.Time.NowMs + (i * 10) - random.Next(15);
            int producer = random.Next(-3, 6);
            if (producer >= 3 && open[producer] && random.Next(2) == 0)
            {
                byte[] marker = new EndTransactionMarker(random.Next(2) == 0, 1).ToBatch(producer, 0, timeMs);
                Assert.Equal(ErrorCode.None, test.Log.AppendAsLeader(marker, epoch, AppendOrigin.Coordinator).Error);
                open[producer] = false;
            }
            else
            {
                int records = random.Next(1, 6);
                int sequence = producer < 0 ? -1 : sequences[producer];
                test.Log.Append(
                    Batches.Of(
                        records,
                        random.Next(0, 120),
                        timeMs,
                        Math.Max(producer, -1),
                        (short)(producer < 0 ? -1 : 0),
                        sequence,
                        (CompressionType)random.Next(5),
                        transactional: producer >= 3),
                    epoch);
                if (producer >= 0)
                {
                    sequences[producer] += records;
                    open[producer] = producer >= 3;
                }
            }
        }
    }

    public static (List<Finding> Findings, VerifySummary Summary) Verify(string path, bool records = true)
    {
        FolderVerification verification = new(DiskFileSystem.Instance, new VerifyOptions { Records = records });
        Assert.True(verification.TryAdd(path));
        List<Finding> findings = [];
        VerifySummary summary = verification.Run(findings.Add);
        Assert.Equal(findings.Count(finding => finding.Kind == FindingKind.Damage), summary.Damages);
        return (findings, summary);
    }

    public static void IsWhole(string path)
    {
        (List<Finding> findings, VerifySummary summary) = Verify(path);
        Assert.Empty(findings);
        Assert.True(summary.Partitions > 0);
    }

    /// <summary>Bytes of all files below the folder, by path: a verification must leave them as they are.</summary>
    public static Dictionary<string, byte[]> Content(string path) =>
        Directory.GetFiles(path, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);
}
