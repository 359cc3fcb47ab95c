using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Tests.Support;

/// <summary>
/// The machine's disk, without the waiting for it: syncs do nothing. Tells of each operation that changes something,
/// before it is done; what the listener throws is what the operation throws.
/// </summary>
public sealed class WatchedFileSystem : IFileSystem
{
    private static DiskFileSystem Disk => DiskFileSystem.Instance;

    /// <summary>Gets what is going to be done, and the path.</summary>
    public Action<string, string>? OnChange { get; set; }

    public IStorageFile Open(string path, FileOpening opening)
    {
        if (opening == FileOpening.Truncate || (opening == FileOpening.CreateIfMissing && !Disk.FileExists(path)))
        {
            OnChange?.Invoke("create", path);
        }

        return new WatchedFile(this, path, Disk.Open(path, opening));
    }

    public IFileMapping Map(string path) => Disk.Map(path);

    public bool FileExists(string path) => Disk.FileExists(path);

    public bool FolderExists(string path) => Disk.FolderExists(path);

    public IReadOnlyList<FileEntry> ListFiles(string folder) => Disk.ListFiles(folder);

    public IReadOnlyList<string> ListFolders(string folder) => Disk.ListFolders(folder);

    public void CreateFolder(string path) => Disk.CreateFolder(path);

    public void MoveFile(string from, string to)
    {
        OnChange?.Invoke("move", from);
        Disk.MoveFile(from, to);
    }

    public void MoveFolder(string from, string to) => Disk.MoveFolder(from, to);

    public void DeleteFile(string path)
    {
        OnChange?.Invoke("delete", path);
        Disk.DeleteFile(path);
    }

    public void DeleteFolder(string path) => Disk.DeleteFolder(path);

    public void SyncFolder(string path) => OnChange?.Invoke("sync", path);

    public IDisposable? TryLock(string path) => Disk.TryLock(path);

    public (long Free, long Total) Space(string folder) => Disk.Space(folder);

    private sealed class WatchedFile(WatchedFileSystem files, string path, IStorageFile file) : IStorageFile
    {
        public long Length => file.Length;

        public FileStream Stream => file.Stream;

        public int Read(Span<byte> buffer, long position) => file.Read(buffer, position);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            files.OnChange?.Invoke("write", path);
            file.Write(bytes, position);
        }

        public void SetLength(long length)
        {
            files.OnChange?.Invoke("cut", path);
            file.SetLength(length);
        }

        public void Sync() => files.OnChange?.Invoke("sync", path);

        public void Dispose() => file.Dispose();
    }
}
