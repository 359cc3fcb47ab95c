using System.Buffers;

namespace KLog.Protocol.Compression;

/// <summary>
/// One growing pooled buffer. It may be given a limit: what goes beyond is still taken, but
/// <see cref="ExceedsLimit"/> tells the writer to stop, so that a bomb costs the limit and one piece more.
/// One thread at a time; <see cref="Dispose"/> gives the buffer back.
/// </summary>
public sealed class PooledOutput(int capacity, int limit = int.MaxValue) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public bool ExceedsLimit => Length > limit;

    /// <summary>Valid until the next write, and no longer than the output.</summary>
    public Memory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>At least as many bytes as asked for, behind what is written.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_buffer.Length - Length < size)
        {
            long wanted = Math.Max(Math.Min(2L * _buffer.Length, Array.MaxLength), (long)Length + size);
            byte[] larger = ArrayPool<byte>.Shared.Rent(checked((int)wanted));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            Length = 0;
        }
    }
}
