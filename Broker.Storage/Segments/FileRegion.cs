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
    private readonly ColdReads? _coldReads;
    private SegmentFile? _segment;

    /// <param name="segment">Acquired by the caller once, for this region.</param>
    /// <param name="coldReads">Null when the region was written so recently that it is in memory.</param>
    internal FileRegion(SegmentFile segment, IStorageFile file, long position, int length, ColdReads? coldReads)
    {
        _coldReads = coldReads;
        _segment = segment;
        _file = file;
        SegmentBaseOffset = segment.BaseOffset;
        Position = position;
        Length = length;
    }

    /// <summary>Of the segment that the region lies in.</summary>
    internal long SegmentBaseOffset { get; }

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

    /// <summary>
    /// Completes when sending the region will not wait for the disk. What is cold is read by a thread of its own, on which
    /// this then completes; and what lies behind it is asked for, since a reader that has fallen behind goes on there.
    /// </summary>
    public ValueTask LoadAsync() =>
        _coldReads is null || Length == 0 || _file.IsCached(Position, Length)
            ? ValueTask.CompletedTask
            : new ValueTask(_coldReads.RunAsync(Load));

    private bool Load()
    {
        _file.Prefetch(Position, 2L * Length);
        Span<byte> probe = stackalloc byte[1];
        for (int at = 0; at < Length; at += PageCache.ProbeBytes)
        {
            _ = Read(probe, at);
        }

        return Read(probe, Length - 1) > 0;
    }

    public void Dispose() => Interlocked.Exchange(ref _segment, null)?.Release();
}
