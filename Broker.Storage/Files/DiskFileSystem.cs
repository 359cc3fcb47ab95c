using Microsoft.Win32.SafeHandles;

namespace KLog.Broker.Storage.Files;

/// <summary>The machine's own disks.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    public static DiskFileSystem Instance { get; } = new();

    public IStorageFile Open(string path, FileOpening opening)
    {
        FileMode mode = opening switch
        {
            FileOpening.Existing or FileOpening.ReadOnly => FileMode.Open,
            FileOpening.CreateIfMissing => FileMode.OpenOrCreate,
            _ => FileMode.Create,
        };
        FileAccess access = opening == FileOpening.ReadOnly ? FileAccess.Read : FileAccess.ReadWrite;
        return new DiskFile(OpenHandle(path, mode, access), path);
    }

    public IFileMapping Map(string path)
    {
        using SafeFileHandle handle = OpenHandle(path, FileMode.Open, FileAccess.Read);
        return new DiskFileMapping(handle, path);
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool FolderExists(string path) => Directory.Exists(path);

    public IReadOnlyList<FileEntry> ListFiles(string folder) => Permitted(() =>
    {
        List<FileEntry> entries = [];
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles())
        {
            long lastWriteMs = new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds();
            entries.Add(new FileEntry(file.Name, file.Length, lastWriteMs));
        }

        return entries;
    });

    public IReadOnlyList<string> ListFolders(string folder) => Permitted(() =>
    {
        List<string> names = [];
        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            names.Add(Path.GetFileName(path));
        }

        return names;
    });

    public void CreateFolder(string path) => Permitted(() => Directory.CreateDirectory(path));

    public void MoveFile(string from, string to) => Permitted(() => File.Move(from, to, overwrite: true));

    public void MoveFolder(string from, string to) => Permitted(() => Directory.Move(from, to));

    public void DeleteFile(string path)
    {
        try
        {
            Permitted(() => File.Delete(path));
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder.
        }
    }

    public void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Permitted(() => Directory.Delete(path, recursive: true));
        }
    }

    public void SyncFolder(string path) => Posix.SyncFolder(path);

    public IDisposable? TryLock(string path)
    {
        try
        {
            // FileShare.None becomes flock(LOCK_EX | LOCK_NB), which keeps out others of this kind, in this process too.
            // Kafka locks with fcntl, which knows nothing of flock. The kernel drops both with the process.
            FileStream locked = Permitted(() => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            if (Posix.TryLockAgainstProcesses((int)locked.SafeFileHandle.DangerousGetHandle()))
            {
                return locked;
            }

            locked.Dispose();
            return null;
        }
        catch (IOException error) when (error.HResult == TryAgain)
        {
            return null;
        }
    }

    public (long Free, long Total) Space(string folder) => Permitted(() =>
    {
        DriveInfo drive = new(folder);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    });

    /// <summary>EAGAIN: what flock says of a file that another one has locked.</summary>
    private const int TryAgain = 11;

    // Asynchronous, or the socket layer refuses to send from it; reads and writes here are plain pread and pwrite all
    // the same. Shared in every way, so that no flock is called.
    private static SafeFileHandle OpenHandle(string path, FileMode mode, FileAccess access) => Permitted(() =>
        File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous));

    // EACCES, EPERM and EROFS come as another kind of exception: to who asked, a disk that refuses is a disk that fails.
    private static T Permitted<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    private static void Permitted(Action operation) => Permitted(() =>
    {
        operation();
        return true;
    });
}
