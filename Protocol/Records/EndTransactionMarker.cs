using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Protocol.Records;

/// <summary>
/// The control record that ends a producer's transaction in a partition (KIP-98):
/// <code>
/// key:   int16 version (0) | int16 type: 0 abort, 1 commit
/// value: int16 version (0) | int32 the coordinator's epoch
/// </code>
/// </summary>
public readonly record struct EndTransactionMarker(bool IsCommit, int CoordinatorEpoch)
{
    private const int KeySize = 4;
    private const int ValueSize = 6;
    private const short AbortType = 0;
    private const short CommitType = 1;

    /// <summary>A batch of one such record.</summary>
    public byte[] ToBatch(long producerId, short producerEpoch, long timestampMs)
    {
        byte[] key = new byte[KeySize];
        WriteInt16BigEndian(key.AsSpan(2), IsCommit ? CommitType : AbortType);
        byte[] value = new byte[ValueSize];
        WriteInt32BigEndian(value.AsSpan(2), CoordinatorEpoch);
        using RecordBatchBuilder builder = new()
        {
            IsControl = true,
            IsTransactional = true,
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
        };
        builder.Append(timestampMs, key, value);
        return builder.ToArray();
    }

    /// <summary>False for control records of other types, and for what is too short to be one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out EndTransactionMarker marker)
    {
        marker = default;
        if (key.Length < KeySize || value.Length < ValueSize)
        {
            return false;
        }

        short type = ReadInt16BigEndian(key[2..]);
        marker = new EndTransactionMarker(type == CommitType, ReadInt32BigEndian(value[2..]));
        return type is AbortType or CommitType;
    }
}
