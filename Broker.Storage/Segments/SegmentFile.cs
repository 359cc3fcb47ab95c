using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// A segment's <c>.log</c> file: one descriptor at most, for writing, reading and sending, open while it is used.
/// Readers that hold it go on reading after the file was deleted.
/// </summary>
internal sealed class SegmentFile : OpenOnUse<IStorageFile>
{
    private readonly IFileSystem _files;
    private readonly PartitionFolder _folder;
    private readonly long _baseOffset;
    private readonly string _suffix;

    internal SegmentFile(StorageResources resources, PartitionFolder folder, long baseOffset, string stage)
        : base(resources.OpenFiles)
    {
        _files = resources.Files;
        _folder = folder;
        _baseOffset = baseOffset;
        _suffix = PartitionFolder.LogSuffix + stage;
    }

    internal long BaseOffset => _baseOffset;

    internal string Path => _folder.File(_baseOffset, _suffix);

    /// <summary>Makes the file, empty, or so many bytes long, all of them zero.</summary>
    internal void Create(long allocatedBytes = 0)
    {
        using IStorageFile file = _files.Open(Path, FileOpening.Truncate);
        if (allocatedBytes > 0)
        {
            file.Allocate(allocatedBytes);
        }
    }

    internal int Read(Span<byte> buffer, long position)
    {
        IStorageFile file = Acquire();
        try
        {
            return file.Read(buffer, position);
        }
        finally
        {
            Release();
        }
    }

    internal void Write(ReadOnlySpan<byte> bytes, long position)
    {
        IStorageFile file = Acquire();
        try
        {
            file.Write(bytes, position);
        }
        finally
        {
            Release();
        }
    }

    internal void SetLength(long length)
    {
        IStorageFile file = Acquire();
        try
        {
            file.SetLength(length);
        }
        finally
        {
            Release();
        }
    }

    internal void Sync()
    {
        IStorageFile file = Acquire();
        try
        {
            file.Sync();
        }
        finally
        {
            Release();
        }
    }

    /// <exception cref="FileNotFoundException">The segment was deleted, and its delay is over.</exception>
    protected override IStorageFile Open()
    {
        try
        {
            return _files.Open(Path, FileOpening.Existing);
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            // Renamed, it or its folder, on its way to deletion: a reader that found it before may still read.
            return OpenDeleted();
        }
    }

    private IStorageFile OpenDeleted()
    {
        try
        {
            return _files.Open(Path + PartitionFolder.DeletedSuffix, FileOpening.Existing);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new FileNotFoundException(error.Message, error);
        }
    }
}
