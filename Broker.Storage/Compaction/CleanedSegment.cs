using KLog.Broker.Storage.Files;
using KLog.Protocol.Compression;

namespace KLog.Broker.Storage;

/// <summary>The segment that a cleaning writes, through a buffer, in <c>.cleaned</c> files. Disposing leaves the files.</summary>
internal sealed class CleanedSegment(LogSegment segment, LogConfig config, CleanerIo io) : IDisposable
{
    private readonly PooledOutput _buffer = new(io.BufferBytes);

    internal LogSegment Segment => segment;

    /// <exception cref="InvalidDataException">It does not fit a segment.</exception>
    internal void Append(ReadOnlySpan<byte> batch)
    {
        if (_buffer.Length + batch.Length > io.BufferBytes)
        {
            Flush();
        }

        if (batch.Length < io.BufferBytes)
        {
            _buffer.Write(batch);
        }
        else
        {
            Write(batch);
        }
    }

    /// <summary>All of it is on the disk when this returns.</summary>
    internal void Complete(IFileSystem files, List<AbortedTransaction> aborted)
    {
        Flush();
        foreach (AbortedTransaction transaction in aborted)
        {
            TransactionIndex.Append(files, segment.TransactionIndexPath, transaction);
        }

        segment.CompleteCleaned();
    }

    /// <summary>Deletes the files.</summary>
    internal void Discard()
    {
        segment.Close();
        segment.DeleteStage(PartitionFolder.CleanedSuffix);
    }

    public void Dispose()
    {
        segment.Close();
        _buffer.Dispose();
    }

    private void Flush()
    {
        if (_buffer.Length > 0)
        {
            Write(_buffer.Written.Span);
            _buffer.Clear();
        }
    }

    private void Write(ReadOnlySpan<byte> batches)
    {
        segment.AppendCleaned(batches, config.IndexIntervalBytes);
        io.Wrote(batches.Length);
    }
}
