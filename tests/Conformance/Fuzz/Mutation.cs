using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace KLog.Conformance.Fuzz;

/// <summary>What a mutation does to a frame.</summary>
internal enum MutationKind
{
    FlipBit,
    SetByte,
    SetInt16,
    SetInt32,
    SetVarint,
    Cut,
    Remove,
    Repeat,
    Insert,
    Extend,
}

/// <summary>One change of a frame ◆. Where it happens is told in millionths of the frame's length, so that it fits any frame.</summary>
internal readonly record struct Mutation(MutationKind Kind, int WhereMillionths, int Value)
{
    /// <summary>Numbers at which decoders go wrong: limits, signs, sizes that no frame can hold.</summary>
    private static readonly int[] Treacherous =
    [
        0, 1, -1, -2, 2, 127, 128, 255, 256, short.MaxValue, short.MinValue, ushort.MaxValue, 65536,
        int.MaxValue, int.MinValue, 0x7fffff00, 100_000_000, 1 << 24, 1 << 28,
    ];

    public static Gen<Mutation> Generator { get; } =
        from kind in Gen.Elements(Enum.GetValues<MutationKind>())
        from place in Gen.Choose(0, 1_000_000)
        from value in Gen.OneOf(Gen.Elements(Treacherous), Gen.Choose(-300, 300), Gen.Choose(int.MinValue, int.MaxValue))
        select new Mutation(kind, place, value);

    /// <summary>The frame changed; itself where the change does not fit it.</summary>
    public byte[] Apply(byte[] frame)
    {
        if (frame.Length < 5)
        {
            return frame;
        }

        int at = (int)((long)WhereMillionths * (frame.Length - 4) / 1_000_000);
        int length = Math.Min(Math.Abs(Value % 64) + 1, frame.Length - at);
        byte[] changed = [.. frame];
        switch (Kind)
        {
            case MutationKind.FlipBit:
                changed[at] ^= (byte)(1 << (Value & 7));
                return changed;
            case MutationKind.SetByte:
                changed[at] = (byte)Value;
                return changed;
            case MutationKind.SetInt16:
                BinaryPrimitives.WriteInt16BigEndian(changed.AsSpan(at), (short)Value);
                return changed;
            case MutationKind.SetInt32:
                BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(at), Value);
                return changed;
            case MutationKind.SetVarint:
                return [.. frame[..at], .. Varint((uint)Value), .. frame[(at + 1)..]];
            case MutationKind.Cut:
                return frame[..Math.Max(at, 1)];
            case MutationKind.Remove:
                return [.. frame[..at], .. frame[(at + length)..]];
            case MutationKind.Repeat:
                return [.. frame[..(at + length)], .. frame[at..]];
            case MutationKind.Insert:
                return [.. frame[..at], .. Garbage(length), .. frame[at..]];
            default:
                return [.. frame, .. Garbage(length)];
        }
    }

    private byte[] Garbage(int length)
    {
        byte[] garbage = new byte[length];
        new System.Random(Value).NextBytes(garbage);
        return garbage;
    }

    private static byte[] Varint(uint value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
