using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Records;

internal static class Batches
{
    /// <summary>A batch of one record with a value of as many zeros, compressed as well as the codec can.</summary>
    internal static byte[] Bomb(CompressionType codec, int contentBytes)
    {
        using PooledOutput output = new(1 << 20);
        output.GetSpan(RecordBatchView.HeaderSize);
        output.Advance(RecordBatchView.HeaderSize);
        using (Compressor compressor = Compressor.Rent(codec))
        {
            compressor.Start(output, CompressionLevels.Default(codec));
            byte[] head = new byte[20];
            int length = 1 + 1 + 1 + 1 + Varint.Size(contentBytes) + contentBytes + 1;
            int at = Varint.Write(head, length) + 3;
            at += Varint.Write(head.AsSpan(at), -1);
            at += Varint.Write(head.AsSpan(at), contentBytes);
            compressor.Write(head.AsSpan(0, at));
            byte[] zeros = new byte[1 << 20];
            for (int left = contentBytes; left > 0; left -= zeros.Length)
            {
                compressor.Write(zeros.AsSpan(0, Math.Min(left, zeros.Length)));
            }

            compressor.Write([0]);
            compressor.Finish();
        }

        new BatchHeader { Compression = codec, RecordCount = 1, BaseTimestamp = 5, MaxTimestamp = 5 }
            .WriteTo(output.Written.Span);
        return output.Written.ToArray();
    }
}
