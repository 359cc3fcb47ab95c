using Microsoft.Win32.SafeHandles;

namespace KLog.Broker.Storage.Files;

/// <summary>A memory map that needs no descriptor while it lives.</summary>
internal sealed unsafe class DiskFileMapping : IFileMapping
{
    private readonly IntPtr _address;
    private readonly int _length;
    private int _disposed;

    internal DiskFileMapping(SafeFileHandle handle, string path)
    {
        _length = checked((int)RandomAccess.GetLength(handle));
        _address = Posix.Map((int)handle.DangerousGetHandle(), _length, path);
    }

    public ReadOnlySpan<byte> Bytes => new((void*)_address, _length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Posix.Unmap(_address, _length);
        }
    }
}
