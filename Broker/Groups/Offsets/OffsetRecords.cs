using System.Buffers.Binary;
using System.Text;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Broker.Groups.Offsets;

/// <summary>
/// ◆ Offsets in <c>__consumer_offsets</c>. Millions of them are read when a coordinator starts, so that keys are read without
/// a string for each:
/// <code>
/// key:   int16 type (0, 1) | int16 length, group | int16 length, topic | int32 partition
/// value: int16 version, then <see cref="OffsetCommitValue"/>
/// </code>
/// </summary>
internal static class OffsetRecords
{
    /// <summary>Without an expiry of its own, as all since Kafka 2.1.</summary>
    private const short Version = 3;

    /// <summary>The only version with one.</summary>
    private const short VersionWithExpiry = 1;

    public static GroupRecord Commit(string group, in TopicPartition partition, in CommittedOffset offset) => new(
        Key(group, partition),
        Versioned.Write(
            new OffsetCommitValue
            {
                Offset = offset.Offset,
                LeaderEpoch = offset.LeaderEpoch,
                Metadata = offset.Metadata,
                CommitTimestamp = offset.CommittedAtMs,
                ExpireTimestamp = offset.ExpiresAtMs,
            },
            offset.ExpiresAtMs >= 0 ? VersionWithExpiry : Version));

    public static GroupRecord Tombstone(string group, in TopicPartition partition) => new(Key(group, partition), null);

    /// <exception cref="ProtocolViolationException">The bytes are no such key.</exception>
    public static (string Group, TopicPartition Partition) ReadKey(ReadOnlySpan<byte> key, StringPool strings)
    {
        ReadOnlySpan<byte> rest = key[sizeof(short)..];
        string group = ReadString(ref rest, strings);
        string topic = ReadString(ref rest, strings);
        return rest.Length >= sizeof(int)
            ? (group, new TopicPartition(topic, BinaryPrimitives.ReadInt32BigEndian(rest)))
            : throw new ProtocolViolationException("the key of a committed offset is too short");
    }

    /// <exception cref="ProtocolViolationException">The bytes are no such value, or of a version that is not known.</exception>
    public static CommittedOffset ReadValue(ReadOnlySpan<byte> value, long recordOffset, StringPool strings)
    {
        if (Versioned.Peek(value) != Version)
        {
            OffsetCommitValue read = Versioned.ReadKnown<OffsetCommitValue>(value.ToArray());
            return new CommittedOffset(read.Offset, read.LeaderEpoch, read.Metadata, read.CommitTimestamp, read.ExpireTimestamp, recordOffset);
        }

        ReadOnlySpan<byte> rest = value[sizeof(short)..];
        if (rest.Length < sizeof(long) + sizeof(int))
        {
            throw new ProtocolViolationException("the value of a committed offset is too short");
        }

        long offset = BinaryPrimitives.ReadInt64BigEndian(rest);
        int epoch = BinaryPrimitives.ReadInt32BigEndian(rest[sizeof(long)..]);
        rest = rest[(sizeof(long) + sizeof(int))..];
        string metadata = ReadString(ref rest, strings);
        return rest.Length >= sizeof(long)
            ? new CommittedOffset(offset, epoch, metadata, BinaryPrimitives.ReadInt64BigEndian(rest), -1, recordOffset)
            : throw new ProtocolViolationException("the value of a committed offset is too short");
    }

    private static byte[] Key(string group, in TopicPartition partition) => Versioned.Write(
        new OffsetCommitKey { Group = group, Topic = partition.Topic, Partition = partition.Partition },
        (short)GroupRecordType.OffsetCommit);

    private static string ReadString(ref ReadOnlySpan<byte> bytes, StringPool strings)
    {
        int length = bytes.Length < sizeof(short) ? -1 : BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (length < 0 || length > bytes.Length - sizeof(short))
        {
            throw new ProtocolViolationException("a string of a committed offset is longer than its record");
        }

        string read = strings.Get(bytes.Slice(sizeof(short), length));
        bytes = bytes[(sizeof(short) + length)..];
        return read;
    }
}

/// <summary>One string for the same bytes: groups and topics come again and again. One thread at a time.</summary>
internal sealed class StringPool
{
    private const int LengthMax = 512;
    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > LengthMax)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> buffer = stackalloc char[LengthMax];
        ReadOnlySpan<char> chars = buffer[..Encoding.UTF8.GetChars(utf8, buffer)];
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = _strings.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(chars, out string? known))
        {
            known = new string(chars);
            _strings.Add(known);
        }

        return known;
    }
}
