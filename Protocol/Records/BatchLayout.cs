namespace KLog.Protocol.Records;

/// <summary>
/// Where the fields of a magic 2 record batch lie (KIP-98). All are big-endian; the CRC-32C covers everything from
/// the attributes to the end.
/// <code>
///  0 int64  base offset
///  8 int32  batch length: the bytes after this field
/// 12 int32  partition leader epoch
/// 16 int8   magic (2)
/// 17 uint32 CRC-32C of [21, end)
/// 21 int16  attributes: bits 0-2 codec, 3 log append time, 4 transactional, 5 control, 6 delete horizon in 27
/// 23 int32  last offset delta
/// 27 int64  base timestamp, or delete horizon in ms
/// 35 int64  max timestamp
/// 43 int64  producer id, -1 for none
/// 51 int16  producer epoch
/// 53 int32  base sequence
/// 57 int32  record count
/// 61        records, compressed as a whole when the attributes name a codec
/// </code>
/// </summary>
internal static class BatchLayout
{
    internal const int BaseOffset = 0;
    internal const int BatchLength = 8;
    internal const int PartitionLeaderEpoch = 12;
    internal const int Magic = 16;
    internal const int Crc = 17;
    internal const int Attributes = 21;
    internal const int LastOffsetDelta = 23;
    internal const int BaseTimestamp = 27;
    internal const int MaxTimestamp = 35;
    internal const int ProducerId = 43;
    internal const int ProducerEpoch = 51;
    internal const int BaseSequence = 53;
    internal const int RecordCount = 57;

    internal const int CompressionMask = 0x07;
    internal const int LogAppendTimeFlag = 0x08;
    internal const int TransactionalFlag = 0x10;
    internal const int ControlFlag = 0x20;
    internal const int DeleteHorizonFlag = 0x40;
}
