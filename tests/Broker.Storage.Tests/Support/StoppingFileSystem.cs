using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Tests.Support;

/// <summary>
/// The machine's disk, on which everything below one folder stops at the n-th change: from then on it refuses all, as
/// for a process that was killed there, or as a disk that has died. Syncs are counted, and not waited for.
/// </summary>
public sealed class StoppingFileSystem(string below) : IFileSystem
{
    private readonly Lock _counting = new();
    private long _left = long.MaxValue;
    private int _errno = FaultyFileSystem.InputOutputError;

    public static StoppingFileSystem ThatWorks => new("nothing");

    private static DiskFileSystem Disk => DiskFileSystem.Instance;

    public bool HasStopped { get; private set; }

    /// <summary>Called before each change, with its path.</summary>
    public Action<string>? BeforeChange { get; set; }

    /// <summary>Lets so many changes happen from now on.</summary>
    public void StopAfter(long changes, int errno = FaultyFileSystem.InputOutputError)
    {
        lock (_counting)
        {
            (_left, _errno, HasStopped) = (changes, errno, false);
        }
    }

    public IStorageFile Open(string path, FileOpening opening)
    {
        if (opening == FileOpening.Existing || (opening == FileOpening.CreateIfMissing && Disk.FileExists(path)))
        {
            Check(path);
        }
        else
        {
            Change(path);
        }

        return new StoppingFile(this, path, Disk.Open(path, opening));
    }

    public IFileMapping Map(string path) => Checked(path, () => Disk.Map(path));

    public bool FileExists(string path) => Disk.FileExists(path);

    public bool FolderExists(string path) => Disk.FolderExists(path);

    public IReadOnlyList<FileEntry> ListFiles(string folder) => Checked(folder, () => Disk.ListFiles(folder));

    public IReadOnlyList<string> ListFolders(string folder) => Checked(folder, () => Disk.ListFolders(folder));

    public void CreateFolder(string path) => Changed(path, () => Disk.CreateFolder(path));

    public void MoveFile(string from, string to) => Changed(from, () => Disk.MoveFile(from, to));

    public void MoveFolder(string from, string to) => Changed(from, () => Disk.MoveFolder(from, to));

    public void DeleteFile(string path) => Changed(path, () => Disk.DeleteFile(path));

    public void DeleteFolder(string path) => Changed(path, () => Disk.DeleteFolder(path));

    public void SyncFolder(string path) => Change(path);

    public IDisposable? TryLock(string path) => Disk.TryLock(path);

    public (long Free, long Total) Space(string folder) => Disk.Space(folder);

    private T Checked<T>(string path, Func<T> read)
    {
        Check(path);
        return read();
    }

    private void Check(string path)
    {
        lock (_counting)
        {
            if (HasStopped && _errno == FaultyFileSystem.InputOutputError && IsBelow(path))
            {
                throw new IOException($"stopped: {path}", _errno);
            }
        }
    }

    private void Changed(string path, Action change)
    {
        Change(path);
        change();
    }

    private void Change(string path)
    {
        if (!IsBelow(path))
        {
            return;
        }

        BeforeChange?.Invoke(path);
        lock (_counting)
        {
            if (_left-- <= 0)
            {
                HasStopped = true;
                throw new IOException($"stopped: {path}", _errno);
            }
        }
    }

    private bool IsBelow(string path) => path.StartsWith(below, StringComparison.Ordinal);

    private sealed class StoppingFile(StoppingFileSystem disk, string path, IStorageFile file) : IStorageFile
    {
        public long Length => file.Length;

        public FileStream Stream => file.Stream;

        public int Read(Span<byte> buffer, long position)
        {
            disk.Check(path);
            return file.Read(buffer, position);
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            disk.Change(path);
            file.Write(bytes, position);
        }

        public void SetLength(long length) => disk.Changed(path, () => file.SetLength(length));

        public void Sync() => disk.Change(path);

        public void Dispose() => file.Dispose();
    }
}
