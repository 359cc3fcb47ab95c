using KLog.Broker.Storage.Files;
using KLog.Protocol.Wire;

namespace KLog.Broker.Storage;

/// <summary>
/// A stretch of a segment's file, to be sent from there. It keeps the file open until it is disposed, also when the
/// segment is deleted meanwhile. The owner is whoever got it last; it is disposed exactly once it has been sent, or
/// is not going to be.
/// </summary>
public sealed class FileRegion : IRecordSource, IDisposable
{
    private readonly IStorageFile _file;
    private SegmentFile? _segment;

    /// <param name="segment">Acquired by the caller once, for this region.</param>
    internal FileRegion(SegmentFile segment, IStorageFile file, long position, int length)
    {
        _segment = segment;
        _file = file;
        Position = position;
        Length = length;
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>Where the region starts in the file.</summary>
    public long Position { get; }

    /// <summary>Opened asynchronous, shared by all regions of the file: neither its position nor its end is to be used.</summary>
    public FileStream Stream => _file.Stream;

    /// <summary>Copies bytes from <paramref name="at"/> of the region on; answers with how many there were.</summary>
    public int Read(Span<byte> buffer, int at)
    {
        int length = Math.Min(buffer.Length, Length - at);
        return length <= 0 ? 0 : _file.Read(buffer[..length], Position + at);
    }

    public void Dispose() => Interlocked.Exchange(ref _segment, null)?.Release();
}
