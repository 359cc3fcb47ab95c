using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// ◆ Appends fields as ZooKeeper's jute encoding has them, all big-endian:
/// <code>
/// boolean  u8            int  i32            long  i64
/// buffer   | length i32 | bytes |            a length of −1 is null
/// string   | length i32 | UTF-8 |
/// vector   | count i32 | items… |
/// </code>
/// </summary>
internal sealed class JuteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public int Length => _bytes.WrittenCount;

    public void Clear() => _bytes.ResetWrittenCount();

    public JuteWriter Bool(bool value)
    {
        _bytes.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        _bytes.Advance(1);
        return this;
    }

    public JuteWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
        return this;
    }

    public JuteWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
        return this;
    }

    public JuteWriter Buffer(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _bytes.Write(value);
        return this;
    }

    public JuteWriter Text(string value)
    {
        Int32(Encoding.UTF8.GetByteCount(value));
        _bytes.Advance(Encoding.UTF8.GetBytes(value, _bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
        return this;
    }

    public JuteWriter Texts(IReadOnlyCollection<string> values)
    {
        Int32(values.Count);
        foreach (string value in values)
        {
            Text(value);
        }

        return this;
    }

    public JuteWriter Acls(IReadOnlyList<NodeAcl> acls)
    {
        Int32(acls.Count);
        foreach (NodeAcl acl in acls)
        {
            Int32((int)acl.Permissions).Text(acl.Scheme).Text(acl.Id);
        }

        return this;
    }

    /// <summary>Bytes that are encoded already.</summary>
    public JuteWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }
}
