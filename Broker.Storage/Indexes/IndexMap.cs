using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>An index file, memory-mapped while it is used.</summary>
internal sealed class IndexMap : OpenOnUse<IFileMapping>
{
    private readonly IFileSystem _files;
    private readonly PartitionFolder _folder;
    private readonly long _baseOffset;
    private readonly string _suffix;

    internal IndexMap(StorageResources resources, PartitionFolder folder, long baseOffset, string suffix)
        : base(resources.OpenMaps)
    {
        _files = resources.Files;
        _folder = folder;
        _baseOffset = baseOffset;
        _suffix = suffix;
    }

    internal string Path => _folder.File(_baseOffset, _suffix);

    protected override IFileMapping Open()
    {
        try
        {
            return Map(Path);
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            string deleted = Path + PartitionFolder.DeletedSuffix;
            return _files.FileExists(deleted) ? Map(deleted) : Empty.Instance;
        }
    }

    private IFileMapping Map(string path)
    {
        using IStorageFile file = _files.Open(path, FileOpening.Existing);
        return file.Length == 0 ? Empty.Instance : _files.Map(path);
    }

    private sealed class Empty : IFileMapping
    {
        internal static Empty Instance { get; } = new();

        public ReadOnlySpan<byte> Bytes => default;

        public void Dispose()
        {
        }
    }
}
