using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Tests.Support;

/// <summary>The machine's disk, with named faults on segment files.</summary>
public sealed class FaultyFileSystem : IFileSystem
{
    public const int NoSpace = 28;
    public const int InputOutputError = 5;

    private static DiskFileSystem Disk => DiskFileSystem.Instance;

    /// <summary>The errno of the next writes to segments; 0 for none. Half of the bytes are written before it.</summary>
    public int WriteError { get; set; }

    /// <summary>Truncating fails too.</summary>
    public bool TruncateFails { get; set; }

    public bool SyncFails { get; set; }

    /// <summary>Called at the beginning of each sync of a segment, on its thread.</summary>
    public Action? OnSync { get; set; }

    /// <summary>Nothing is in the page cache.</summary>
    public bool IsCold { get; set; }

    /// <summary>Bytes that were asked for ahead.</summary>
    public long Prefetched { get; private set; }

    public IStorageFile Open(string path, FileOpening opening)
    {
        IStorageFile file = Disk.Open(path, opening);
        return path.EndsWith(".log", StringComparison.Ordinal) ? new FaultyFile(this, file) : file;
    }

    public IFileMapping Map(string path) => Disk.Map(path);

    /// <summary>How often it was asked whether a file is there.</summary>
    public int Lookups { get; private set; }

    public bool FileExists(string path)
    {
        Lookups++;
        return Disk.FileExists(path);
    }

    public bool FolderExists(string path) => Disk.FolderExists(path);

    public IReadOnlyList<FileEntry> ListFiles(string folder) => Disk.ListFiles(folder);

    public IReadOnlyList<string> ListFolders(string folder) => Disk.ListFolders(folder);

    public void CreateFolder(string path) => Disk.CreateFolder(path);

    public void MoveFile(string from, string to) => Disk.MoveFile(from, to);

    public void MoveFolder(string from, string to) => Disk.MoveFolder(from, to);

    public void DeleteFile(string path) => Disk.DeleteFile(path);

    public void DeleteFolder(string path) => Disk.DeleteFolder(path);

    public void SyncFolder(string path) => Disk.SyncFolder(path);

    public IDisposable? TryLock(string path) => Disk.TryLock(path);

    public (long Free, long Total) Space(string folder) => Disk.Space(folder);

    private sealed class FaultyFile(FaultyFileSystem faults, IStorageFile file) : IStorageFile
    {
        public long Length => file.Length;

        public FileStream Stream => file.Stream;

        public int Read(Span<byte> buffer, long position) => file.Read(buffer, position);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            if (faults.WriteError != 0)
            {
                file.Write(bytes[..(bytes.Length / 2)], position);
                throw new IOException("injected", faults.WriteError);
            }

            file.Write(bytes, position);
        }

        public void SetLength(long length)
        {
            if (faults.TruncateFails)
            {
                throw new IOException("injected", InputOutputError);
            }

            file.SetLength(length);
        }

        public void Sync()
        {
            faults.OnSync?.Invoke();
            if (faults.SyncFails)
            {
                throw new IOException("injected", InputOutputError);
            }

            file.Sync();
        }

        public bool IsCached(long position, long length) => !faults.IsCold && file.IsCached(position, length);

        public void Prefetch(long position, long length) => faults.Prefetched += length;

        public void Dispose() => file.Dispose();
    }
}
