using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KLog.Coordination.Embedded;

/// <summary>Appends the fields of journal and snapshot, big-endian; text and data carry their length in bytes before them.</summary>
internal sealed class TreeWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public int Length => _bytes.WrittenCount;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Data(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _bytes.Write(value);
    }

    public void Text(string value)
    {
        Int32(Encoding.UTF8.GetByteCount(value));
        _bytes.Advance(Encoding.UTF8.GetBytes(value, _bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
    }

    /// <summary>
    /// <code>
    /// | zxid i64 | time ms i64 | count i32 | count × ( kind u8 | path text | data | owner i64 ) |
    /// </code>
    /// </summary>
    public void Transaction(in TreeTransaction transaction)
    {
        Int64(transaction.Zxid);
        Int64(transaction.TimeMs);
        Int32(transaction.Changes.Count);
        foreach (TreeChange change in transaction.Changes)
        {
            Byte((byte)change.Kind);
            Text(change.Path);
            Data(change.Data.Span);
            Int64(change.Owner);
        }
    }
}
