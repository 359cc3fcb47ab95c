namespace KLog.Broker.Storage.Files;

/// <summary>How a file is opened.</summary>
public enum FileOpening
{
    /// <summary>It must exist.</summary>
    Existing,

    /// <summary>Made when it is not there.</summary>
    CreateIfMissing,

    /// <summary>Made, or emptied.</summary>
    Truncate,

    /// <summary>It must exist, and is not changed: also for a user who may not write, or a disk that cannot be written.</summary>
    ReadOnly,
}

/// <summary>A file as a folder's listing shows it.</summary>
/// <param name="Name">Without the folder.</param>
public readonly record struct FileEntry(string Name, long Length, long LastWriteMs);

/// <summary>
/// Everything that the storage layer asks of a disk. All its file access goes through here, so that a test can put
/// a disk in its place that is full, fails, or loses what was not synced. Paths are absolute.
/// Every method throws <see cref="IOException"/> when the disk refuses; its HResult is the errno.
/// </summary>
public interface IFileSystem
{
    IStorageFile Open(string path, FileOpening opening);

    /// <summary>The file's bytes for reading, as they are now; it must not be empty.</summary>
    IFileMapping Map(string path);

    bool FileExists(string path);

    bool FolderExists(string path);

    IReadOnlyList<FileEntry> ListFiles(string folder);

    /// <summary>Names, without the folder.</summary>
    IReadOnlyList<string> ListFolders(string folder);

    void CreateFolder(string path);

    /// <summary>Renames a file, atomically; a file of the new name is replaced.</summary>
    void MoveFile(string from, string to);

    void MoveFolder(string from, string to);

    /// <summary>Nothing happens when it is not there.</summary>
    void DeleteFile(string path);

    /// <summary>With all that is in it. Nothing happens when it is not there.</summary>
    void DeleteFolder(string path);

    /// <summary>Makes names durable: what was created, renamed or deleted in the folder.</summary>
    void SyncFolder(string path);

    /// <summary>Locks the file against other processes until disposed; null when another one holds it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>Bytes free on the disk that holds the folder, and its size.</summary>
    (long Free, long Total) Space(string folder);
}

/// <summary>An open file. Reads and writes name their position and may run side by side.</summary>
public interface IStorageFile : IDisposable
{
    long Length { get; }

    /// <summary>
    /// The same descriptor as a stream that the socket layer can send from. It belongs to the file: not to be disposed.
    /// </summary>
    /// <exception cref="NotSupportedException">The file has no descriptor (a simulated disk).</exception>
    FileStream Stream { get; }

    /// <summary>Reads until the buffer is full or the file ends; answers with the bytes read.</summary>
    int Read(Span<byte> buffer, long position);

    /// <summary>Writes all of it, or throws; a part may then have been written.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    void SetLength(long length);

    /// <summary>Sets the length, beyond the present one, with room on the disk for all of it: what is new reads as zeroes.</summary>
    void Allocate(long length) => SetLength(length);

    /// <summary>Returns once content and length are on the disk.</summary>
    void Sync();

    /// <summary>Whether reading that stretch would not wait for the disk, as far as a few probes tell.</summary>
    bool IsCached(long position, long length) => true;

    /// <summary>Has the kernel begin to read the stretch into the page cache. May wait for the disk's queue.</summary>
    void Prefetch(long position, long length)
    {
    }
}

/// <summary>A file's bytes in memory, valid until disposed.</summary>
public interface IFileMapping : IDisposable
{
    ReadOnlySpan<byte> Bytes { get; }
}
