namespace KLog.Coordination.Embedded;

/// <summary>
/// The few things that the journal and the snapshot do with files, so that crashes and failing disks can be played.
/// Everything here throws <see cref="IOException"/> when the disk refuses.
/// </summary>
internal interface ITreeFolder
{
    /// <summary>The name as messages show it.</summary>
    string Name { get; }

    IEnumerable<string> FileNames();

    byte[] Read(string name);

    /// <summary>Opens for appending, and makes the file when it is not there. Nobody else can open it meanwhile.</summary>
    ITreeFile Open(string name);

    /// <summary>Gives a file another name, in place of a file that may have it.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Files made, renamed and deleted before this are so after a power cut.</summary>
    void Sync();
}

/// <summary>A file that only grows at its end, or is cut.</summary>
internal interface ITreeFile : IDisposable
{
    long Length { get; }

    void Append(ReadOnlySpan<byte> bytes);

    void Truncate(long length);

    /// <summary>What was appended before this is there after a power cut.</summary>
    void Sync();
}
