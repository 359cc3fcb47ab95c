using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace KLog.Coordination.Embedded;

/// <summary>A folder on a disk.</summary>
internal sealed class DiskFolder(string path) : ITreeFolder
{
    public string Name => path;

    public IEnumerable<string> FileNames() => Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file));

    public byte[] Read(string name) => File.ReadAllBytes(Path.Combine(path, name));

    public ITreeFile Open(string name) => new DiskFile(Path.Combine(path, name));

    public void Rename(string from, string to) => File.Move(Path.Combine(path, from), Path.Combine(path, to), overwrite: true);

    public void Delete(string name) => File.Delete(Path.Combine(path, name));

    public void Sync()
    {
        int folder = Syscall.open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC);
        if (folder < 0)
        {
            throw Failure("open", path);
        }

        try
        {
            if (Syscall.fsync(folder) != 0)
            {
                throw Failure("sync", path);
            }
        }
        finally
        {
            _ = Syscall.close(folder);
        }
    }

    private static IOException Failure(string what, string path) =>
        new($"cannot {what} the folder {path}: {Marshal.GetLastPInvokeErrorMessage()}");

    private sealed class DiskFile : ITreeFile
    {
        private readonly SafeFileHandle _handle;

        public DiskFile(string path)
        {
            // FileShare.None takes an advisory lock, which keeps a second broker off the same tree.
            _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Length = RandomAccess.GetLength(_handle);
        }

        public long Length { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(_handle, bytes, Length);
            Length += bytes.Length;
        }

        public void Truncate(long length)
        {
            RandomAccess.SetLength(_handle, length);
            Length = length;
        }

        public void Sync() => RandomAccess.FlushToDisk(_handle);

        public void Dispose() => _handle.Dispose();
    }
}
