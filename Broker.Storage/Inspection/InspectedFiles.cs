using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Inspection;

/// <summary>Reads without any right to write, and without a change to what is there.</summary>
internal static class InspectedFiles
{
    /// <summary>The whole content; null when there is no such file (any more).</summary>
    internal static byte[]? TryReadWhole(this IFileSystem files, string path)
    {
        try
        {
            using IStorageFile file = files.Open(path, FileOpening.ReadOnly);
            byte[] bytes = new byte[file.Length];
            int read = file.Read(bytes, 0);
            return read == bytes.Length ? bytes : bytes[..read];
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
