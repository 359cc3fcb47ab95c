using KLog.Protocol.Compression;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage.Tests.Support;

/// <summary>Messages as clients of before KIP-98 wrote them.</summary>
internal static class OldMessageSets
{
    internal static byte[] Message(int magic, long offset, byte[]? key, byte[]? value, long timestampMs = 1_400_000_000_000, int attributes = 0)
    {
        byte[] message = new byte[18 + (magic * 8) + 8 + (key?.Length ?? 0) + (value?.Length ?? 0)];
        WriteInt64BigEndian(message, offset);
        WriteInt32BigEndian(message.AsSpan(8), message.Length - 12);
        message[16] = (byte)magic;
        message[17] = (byte)attributes;
        Span<byte> rest = message.AsSpan(18);
        if (magic == 1)
        {
            WriteInt64BigEndian(rest, timestampMs);
            rest = rest[8..];
        }

        foreach (byte[]? part in new[] { key, value })
        {
            WriteInt32BigEndian(rest, part?.Length ?? -1);
            part?.CopyTo(rest[4..]);
            rest = rest[(4 + (part?.Length ?? 0))..];
        }

        WriteUInt32BigEndian(message.AsSpan(12), Crc32.Compute(message.AsSpan(16)));
        return message;
    }

    /// <summary>A message that holds the values from the offset on, compressed as a whole.</summary>
    internal static byte[] Compressed(int magic, CompressionType codec, long firstOffset, params byte[][] values)
    {
        using PooledOutput compressed = new(256);
        using (Compressor compressor = Compressor.Rent(codec))
        {
            compressor.Start(compressed, CompressionLevels.Default(codec));
            for (int i = 0; i < values.Length; i++)
            {
                compressor.Write(Message(magic, magic == 0 ? firstOffset + i : i, null, values[i]));
            }

            compressor.Finish();
        }

        return Message(magic, firstOffset + values.Length - 1, null, compressed.Written.ToArray(), attributes: (int)codec);
    }
}
