using System.Buffers.Binary;

namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// Cuts a stream into packets, each with its length as i32 before it. A buffer that had to grow for a large packet is given
/// back behind it.
/// </summary>
internal sealed class PacketReader(Stream stream, int maxBytes)
{
    private const int UsualSize = 64 * 1024;

    private byte[] _buffer = new byte[UsualSize];
    private int _start;
    private int _end;

    /// <summary>
    /// The next packet without its length, valid until the next call. Of one that is longer than allowed only the beginning is
    /// kept. Throws <see cref="EndOfStreamException"/> when the server has closed, and <see cref="InvalidDataException"/> for a
    /// length below 0.
    /// </summary>
    public async ValueTask<Packet> ReadAsync(CancellationToken cancellation)
    {
        await FillAsync(sizeof(int), cancellation);
        int length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (length < 0)
        {
            throw new InvalidDataException($"a packet of {length} bytes");
        }

        _start += sizeof(int);
        int kept = length <= maxBytes ? length : Math.Min(length, AnswerHeader.Size);
        await FillAsync(kept, cancellation);
        var packet = new Packet(_buffer.AsMemory(_start, kept), length);
        _start += kept;
        if (!packet.IsWhole)
        {
            packet = packet with { Bytes = packet.Bytes.ToArray() };
            await SkipAsync(length - kept, cancellation);
        }

        return packet;
    }

    private async ValueTask SkipAsync(int length, CancellationToken cancellation)
    {
        while (length > 0)
        {
            int step = Math.Min(length, UsualSize);
            await FillAsync(step, cancellation);
            _start += step;
            length -= step;
        }
    }

    private async ValueTask FillAsync(int wanted, CancellationToken cancellation)
    {
        if (_end - _start >= wanted)
        {
            return;
        }

        if (_buffer.Length - _start < wanted || _buffer.Length > UsualSize)
        {
            MoveToFront(Math.Max(wanted, UsualSize));
        }

        while (_end - _start < wanted)
        {
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            _end += read > 0 ? read : throw new EndOfStreamException("the server closed the connection");
        }
    }

    private void MoveToFront(int size)
    {
        int held = _end - _start;
        size = Math.Max(size, held);
        byte[] target = size == _buffer.Length ? _buffer : new byte[size];
        _buffer.AsSpan(_start, held).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, held);
    }
}

/// <summary>A packet, or the beginning of one that is longer than jute.maxbuffer allows.</summary>
internal readonly record struct Packet(ReadOnlyMemory<byte> Bytes, int Length)
{
    public bool IsWhole => Bytes.Length == Length;

    /// <summary>The bytes, where a packet has to be whole.</summary>
    public ReadOnlySpan<byte> Whole => IsWhole ? Bytes.Span : throw new InvalidDataException($"a packet of {Length} bytes is longer than jute.maxbuffer allows");
}
