using System.Buffers.Text;
using KLog.Protocol.Records;

namespace KLog.Bench.Throughput.Load;

/// <summary>A batch whose records have keys, others each time that it is sent; it is changed in place.</summary>
internal sealed class KeyedBatch(int records, int valueBytes, long timestampMs)
{
    private const int KeyBytes = 8;
    private readonly BatchTemplate _batch = new(records, valueBytes, CompressionType.None, timestampMs, KeyBytes);

    internal byte[] Bytes => _batch.Bytes;

    /// <summary>Gives each record a key by chance.</summary>
    /// <param name="random">The chance.</param>
    /// <param name="keys">How many keys there are.</param>
    internal void Rekey(Random random, int keys)
    {
        foreach (int at in _batch.KeysAt)
        {
            Utf8Formatter.TryFormat(random.Next(keys), Bytes.AsSpan(at, KeyBytes), out _, new('x', KeyBytes));
        }

        _batch.Seal();
    }
}
