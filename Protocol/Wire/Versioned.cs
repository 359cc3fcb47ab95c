namespace KLog.Protocol.Wire;

/// <summary>
/// What carries its version in front: a group's records, and what members say to each other.
/// <code>
/// int16 version | the schema's fields in that version
/// </code>
/// </summary>
public static class Versioned
{
    /// <summary>The version in front, or -1 where the bytes are too few for one.</summary>
    public static short Peek(ReadOnlySpan<byte> bytes) =>
        bytes.Length < sizeof(short) ? (short)-1 : System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(bytes);

    /// <summary>
    /// Reads one. A version newer than the newest known is read as that one, as later versions only append fields; what
    /// is left over is passed over. Slices point into <paramref name="bytes"/>.
    /// </summary>
    /// <exception cref="ProtocolViolationException">The bytes are no such thing.</exception>
    public static T Read<T>(Memory<byte> bytes)
        where T : ISchema<T>
    {
        var reader = new WireReader(bytes);
        short version = reader.ReadInt16();
        return T.Read(ref reader, Math.Min(version, T.Versions.Max));
    }

    /// <summary>As <see cref="Read"/>, for versions that must be known: a stored record may change in any way.</summary>
    /// <exception cref="ProtocolViolationException">The bytes are no such thing.</exception>
    public static T ReadKnown<T>(Memory<byte> bytes)
        where T : ISchema<T>
    {
        var reader = new WireReader(bytes);
        return T.Read(ref reader, reader.ReadInt16());
    }

    /// <summary>The version and the fields, in an array of its own.</summary>
    public static byte[] Write<T>(T value, short version)
        where T : ISchema<T>
    {
        using var writer = new WireWriter();
        writer.WriteInt16(version);
        value.Write(writer, version);
        return writer.Written.ToArray();
    }
}
