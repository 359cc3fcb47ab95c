using System.Buffers.Binary;
using System.Text;

namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// ◆ Reads what <see cref="JuteWriter"/> draws. Throws <see cref="InvalidDataException"/> where a field is longer than what is
/// there. Negative lengths and counts are null on the wire, and empty here.
/// </summary>
internal ref struct JuteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool Bool() => Take(1)[0] != 0;

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>A copy: what is read is never written to again.</summary>
    public byte[] Buffer() => Take(Math.Max(Int32(), 0)).ToArray();

    public string Text() => Encoding.UTF8.GetString(Take(Math.Max(Int32(), 0)));

    public string[] Texts()
    {
        int count = Math.Max(Int32(), 0);
        if (count > _rest.Length / sizeof(int))
        {
            throw new InvalidDataException($"{count} strings where {_rest.Length} bytes are left");
        }

        var texts = new string[count];
        for (int i = 0; i < count; i++)
        {
            texts[i] = Text();
        }

        return texts;
    }

    /// <summary>
    /// <code>
    /// | czxid i64 | mzxid i64 | ctime i64 | mtime i64 | version i32 | cversion i32 | aversion i32 |
    /// | ephemeralOwner i64 | dataLength i32 | numChildren i32 | pzxid i64 |
    /// </code>
    /// </summary>
    public NodeStat Stat() => new(Int64(), Int64(), Int64(), Int64(), Int32(), Int32(), Int32(), Int64(), Int32(), Int32(), Int64());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new InvalidDataException($"a field of {count} bytes where {_rest.Length} are left");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
