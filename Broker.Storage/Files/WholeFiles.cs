namespace KLog.Broker.Storage.Files;

/// <summary>Reading and replacing small files as a whole.</summary>
public static class WholeFiles
{
    public static byte[] ReadWhole(this IFileSystem files, string path)
    {
        using IStorageFile file = files.Open(path, FileOpening.Existing);
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Nothing happens when the file is not there.</summary>
    public static void SyncIfThere(this IFileSystem files, string path)
    {
        if (files.FileExists(path))
        {
            using IStorageFile file = files.Open(path, FileOpening.Existing);
            file.Sync();
        }
    }

    public static void WriteWhole(this IFileSystem files, string path, ReadOnlySpan<byte> bytes, bool sync)
    {
        using IStorageFile file = files.Open(path, FileOpening.Truncate);
        file.Write(bytes, 0);
        if (sync)
        {
            file.Sync();
        }
    }

    /// <summary>
    /// Writes beside the file and renames, so that a reader, and a start after a crash of the process, sees the old
    /// or the new content whole. With both syncs that holds after a power cut too, and it is the new one.
    /// </summary>
    public static void Replace(this IFileSystem files, string path, ReadOnlySpan<byte> bytes, bool sync, bool syncFolder)
    {
        string temporary = path + ".tmp";
        files.WriteWhole(temporary, bytes, sync);
        files.MoveFile(temporary, path);
        if (syncFolder)
        {
            files.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }
}
