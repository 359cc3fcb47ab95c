using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Support;

public static class LogReading
{
    public static byte[] Bytes(this FileRegion region)
    {
        using (region)
        {
            byte[] bytes = new byte[region.Length];
            Assert.Equal(bytes.Length, region.Read(bytes, 0));
            return bytes;
        }
    }

    /// <summary>Reads on from the offset to the end; answers with each batch's offsets.</summary>
    public static List<(long Base, long Last)> ReadAll(this PartitionLog log, long from, int maxBytes = 1 << 20)
    {
        List<(long Base, long Last)> all = [];
        for (long offset = from; offset < log.LogEndOffset;)
        {
            LogReadResult read = log.Read(offset, maxBytes, long.MaxValue, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, read.Error);
            if (read.Region is null)
            {
                break;
            }

            List<(long Base, long Last)> batches = Batches.OffsetsOf(read.Region.Bytes());
            Assert.NotEmpty(batches);
            all.AddRange(batches);
            offset = batches[^1].Last + 1;
        }

        return all;
    }

    /// <summary>Appends a copy, as a producer that sends the same batch again would.</summary>
    public static LogAppendResult Append(this PartitionLog log, byte[] batches, int leaderEpoch = 0)
    {
        LogAppendResult result = log.AppendAsLeader((byte[])batches.Clone(), leaderEpoch, AppendOrigin.Client);
        Assert.Equal((ErrorCode.None, null), (result.Error, result.ErrorMessage));
        return result;
    }
}
