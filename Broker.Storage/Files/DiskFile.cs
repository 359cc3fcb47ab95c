using Microsoft.Win32.SafeHandles;

namespace KLog.Broker.Storage.Files;

/// <summary>One descriptor, used by position and as a stream.</summary>
internal sealed class DiskFile(SafeFileHandle handle, string path) : IStorageFile
{
    private FileStream? _stream;

    public long Length => RandomAccess.GetLength(handle);

    public FileStream Stream => Volatile.Read(ref _stream) ?? MakeStream();

    public int Read(Span<byte> buffer, long position)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(handle, buffer[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Allocate(long length) => Posix.Allocate((int)handle.DangerousGetHandle(), length, path);

    public void Sync() => Posix.SyncData((int)handle.DangerousGetHandle(), path);

    public bool IsCached(long position, long length) =>
        PageCache.Holds((int)handle.DangerousGetHandle(), position, length);

    public void Prefetch(long position, long length) =>
        PageCache.Prefetch((int)handle.DangerousGetHandle(), position, length);

    public void Dispose() => handle.Dispose();

    private FileStream MakeStream()
    {
        lock (handle)
        {
            return _stream ??= new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0, isAsync: true);
        }
    }
}
