using System.Buffers.Binary;
using System.Text;

namespace KLog.Coordination.Embedded;

/// <summary>Reads what <see cref="TreeWriter"/> wrote. Throws <see cref="InvalidDataException"/> at an end that comes too soon.</summary>
internal ref struct TreeReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _bytes.Length;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public byte[] Data() => Take(Int32()).ToArray();

    public string Text() => Encoding.UTF8.GetString(Take(Int32()));

    public TreeTransaction Transaction()
    {
        long zxid = Int64();
        long timeMs = Int64();
        int count = Int32();
        var changes = new List<TreeChange>();
        for (int i = 0; i < count; i++)
        {
            changes.Add(new TreeChange((ChangeKind)Byte(), Text(), Data(), Int64()));
        }

        return new TreeTransaction(zxid, timeMs, changes);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _bytes.Length - Position)
        {
            throw new InvalidDataException($"a field of {count} bytes where {_bytes.Length - Position} are left");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }
}
