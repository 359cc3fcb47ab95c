using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// What one cleaning reads and writes by: the size of its buffers, the throttle, and the sign to stop, which is looked at
/// with every piece that is read or written.
/// </summary>
/// <param name="log">Stops the cleaning when it is closed or deleted.</param>
/// <param name="files">The disk.</param>
/// <param name="bufferBytes">Of a buffer for reading, and of one for writing.</param>
/// <param name="throttle">Told of the bytes; answers with how long to wait.</param>
/// <param name="wait">Waits; false when the cleaner is to stop.</param>
internal sealed class CleanerIo(
    PartitionLog log, IFileSystem files, int bufferBytes, Func<int, TimeSpan> throttle, Func<TimeSpan, bool> wait)
{
    internal IFileSystem Files => files;

    internal int BufferBytes => bufferBytes;

    internal long BytesRead { get; private set; }

    internal long BytesWritten { get; private set; }

    internal BatchReader CreateReader() => new(bufferBytes, Read);

    internal CleanedSegment CreateCleaned(long baseOffset, LogConfig config) => new(log.CreateCleaned(baseOffset), config, this);

    internal void Wrote(int bytes)
    {
        BytesWritten += bytes;
        Moved(bytes);
    }

    private void Read(int bytes)
    {
        BytesRead += bytes;
        Moved(bytes);
    }

    /// <exception cref="OperationCanceledException">The cleaner is to stop, or the log is closed.</exception>
    private void Moved(int bytes)
    {
        if (log.IsGone || !wait(throttle(bytes)))
        {
            throw new OperationCanceledException("The cleaning was stopped.");
        }
    }
}
