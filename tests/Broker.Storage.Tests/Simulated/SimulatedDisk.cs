using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>What a disk may refuse.</summary>
public enum DiskOperation
{
    Open,
    Create,
    Read,
    Write,
    SetLength,
    Sync,
    SyncFolder,
    Rename,
    Delete,
}

/// <summary>
/// A disk in memory that keeps what was written apart from what was synced, and whose power can be cut: before a chosen
/// operation, or when <see cref="AfterPowerCut"/> is asked for. Its root is <c>/</c>.
/// </summary>
public sealed class SimulatedDisk : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly SimulatedNames _root;

    public SimulatedDisk()
        : this(new SimulatedNames())
    {
    }

    private SimulatedDisk(SimulatedNames root) => _root = root;

    /// <summary>Operations that change something, until the power goes: everything after that fails.</summary>
    public int OperationsLeft { get; set; } = int.MaxValue;

    /// <summary>
    /// The errno that an operation on a path fails with, 0 for none. Of what is written then, half is.
    /// </summary>
    public Func<DiskOperation, string, int>? Fault { get; set; }

    public bool IsDead => OperationsLeft < 0;

    /// <summary>What a start finds after the power went, now or earlier.</summary>
    public SimulatedDisk AfterPowerCut(Random random)
    {
        lock (_lock)
        {
            return new SimulatedDisk(_root.AfterPowerCut(random));
        }
    }

    public IStorageFile Open(string path, FileOpening opening)
    {
        lock (_lock)
        {
            CheckPower();
            (SimulatedNames folder, string name) = Place(path);
            SimulatedFile? file = folder.Find(name) as SimulatedFile;
            CheckFault(file is null ? DiskOperation.Create : DiskOperation.Open, path);
            if (file is null && opening is FileOpening.Existing or FileOpening.ReadOnly)
            {
                throw new FileNotFoundException($"no file {path}", path);
            }

            if (file is null)
            {
                Step();
                file = new SimulatedFile();
                folder.Add(name, file);
            }
            else if (opening == FileOpening.Truncate && file.Length > 0)
            {
                Step();
                file.SetLength(0);
            }

            return new OpenFile(this, file, path);
        }
    }

    public IFileMapping Map(string path)
    {
        lock (_lock)
        {
            CheckPower();
            CheckFault(DiskOperation.Read, path);
            (SimulatedNames folder, string name) = Place(path);
            return folder.Find(name) is SimulatedFile file
                ? new Mapping(file.ToArray())
                : throw new FileNotFoundException($"no file {path}", path);
        }
    }

    public bool FileExists(string path) => Looked(path, (folder, name) => folder.Find(name) is SimulatedFile);

    public bool FolderExists(string path) => Looked(path, (folder, name) => folder.Find(name) is SimulatedNames);

    public IReadOnlyList<FileEntry> ListFiles(string folder)
    {
        lock (_lock)
        {
            CheckPower();
            return
            [
                .. FolderOf(folder).Entries
                    .Where(entry => entry.Value is SimulatedFile)
                    .Select(entry => new FileEntry(entry.Key, ((SimulatedFile)entry.Value).Length, 1_700_000_000_000)),
            ];
        }
    }

    public IReadOnlyList<string> ListFolders(string folder)
    {
        lock (_lock)
        {
            CheckPower();
            return [.. FolderOf(folder).Entries.Where(entry => entry.Value is SimulatedNames).Select(entry => entry.Key)];
        }
    }

    public void CreateFolder(string path) => Change(DiskOperation.Create, path, (folder, name) =>
    {
        if (folder.Find(name) is null)
        {
            folder.Add(name, new SimulatedNames());
        }
    });

    public void MoveFile(string from, string to) => Move<SimulatedFile>(from, to);

    public void MoveFolder(string from, string to) => Move<SimulatedNames>(from, to);

    public void DeleteFile(string path) => Delete<SimulatedFile>(path);

    public void DeleteFolder(string path) => Delete<SimulatedNames>(path);

    public void SyncFolder(string path)
    {
        lock (_lock)
        {
            CheckFault(DiskOperation.SyncFolder, path);
            Step();
            FolderOf(path).Sync();
        }
    }

    public IDisposable? TryLock(string path)
    {
        CheckPower();
        return new MemoryStream();
    }

    public (long Free, long Total) Space(string folder) => (1 << 20, 1 << 20);

    /// <summary>A file's content as it now is, for tests that look or spoil.</summary>
    internal SimulatedFile FileAt(string path) => (SimulatedFile)Place(path).Folder.Find(Place(path).Name)!;

    private bool Looked(string path, Func<SimulatedNames, string, bool> look)
    {
        lock (_lock)
        {
            CheckPower();
            (SimulatedNames? folder, string name) = TryPlace(path);
            return folder is not null && look(folder, name);
        }
    }

    private void Change(DiskOperation operation, string path, Action<SimulatedNames, string> change)
    {
        lock (_lock)
        {
            CheckFault(operation, path);
            Step();
            (SimulatedNames folder, string name) = Place(path);
            change(folder, name);
        }
    }

    private void Move<T>(string from, string to)
        where T : class
    {
        Assert.Equal(Path.GetDirectoryName(from), Path.GetDirectoryName(to));
        Change(DiskOperation.Rename, from, (folder, name) =>
        {
            _ = folder.Find(name) as T ?? throw new FileNotFoundException($"no {from}", from);
            folder.Rename(name, Path.GetFileName(to));
        });
    }

    private void Delete<T>(string path)
        where T : class
    {
        lock (_lock)
        {
            CheckFault(DiskOperation.Delete, path);
            Step();
            (SimulatedNames? folder, string name) = TryPlace(path);
            if (folder?.Find(name) is T)
            {
                folder.Remove(name);
            }
        }
    }

    private (SimulatedNames Folder, string Name) Place(string path) =>
        TryPlace(path) is ({ } folder, { } name) ? (folder, name) : throw new DirectoryNotFoundException($"no folder of {path}");

    private (SimulatedNames? Folder, string Name) TryPlace(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        SimulatedNames? folder = _root;
        foreach (string part in parts.AsSpan(0, parts.Length - 1))
        {
            folder = folder?.Find(part) as SimulatedNames;
        }

        return (folder, parts[^1]);
    }

    private SimulatedNames FolderOf(string path) =>
        path == "/" ? _root
        : TryPlace(path) is ({ } parent, { } name) && parent.Find(name) is SimulatedNames folder ? folder
        : throw new DirectoryNotFoundException($"no folder {path}");

    private void Step()
    {
        CheckPower();
        OperationsLeft--;
        CheckPower();
    }

    private void CheckPower()
    {
        if (IsDead)
        {
            throw new IOException("the power is off", 5);
        }
    }

    private void CheckFault(DiskOperation operation, string path)
    {
        if (Fault?.Invoke(operation, path) is { } errno and not 0)
        {
            throw new IOException($"injected: {operation} {path}", errno);
        }
    }

    private sealed class OpenFile(SimulatedDisk disk, SimulatedFile file, string path) : IStorageFile
    {
        public long Length => file.Length;

        public FileStream Stream => throw new NotSupportedException("a simulated file has no descriptor");

        public int Read(Span<byte> buffer, long position)
        {
            lock (disk._lock)
            {
                disk.CheckPower();
                disk.CheckFault(DiskOperation.Read, path);
                return file.Read(buffer, position);
            }
        }

        // What is written while the power goes may be on the disk, all or in part.
        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            lock (disk._lock)
            {
                disk.CheckPower();
                try
                {
                    disk.CheckFault(DiskOperation.Write, path);
                }
                catch (IOException)
                {
                    file.Write(bytes[..(bytes.Length / 2)], position);
                    throw;
                }

                file.Write(bytes, position);
                disk.Step();
            }
        }

        public void SetLength(long length)
        {
            lock (disk._lock)
            {
                disk.CheckPower();
                disk.CheckFault(DiskOperation.SetLength, path);
                file.SetLength(length);
                disk.Step();
            }
        }

        public void Sync()
        {
            lock (disk._lock)
            {
                disk.CheckFault(DiskOperation.Sync, path);
                disk.Step();
                file.Sync();
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Mapping(byte[] bytes) : IFileMapping
    {
        public ReadOnlySpan<byte> Bytes => bytes;

        public void Dispose()
        {
        }
    }
}
