using System.IO.MemoryMappedFiles;
using KLog.Bench.Throughput.Load;
using Microsoft.Win32.SafeHandles;

namespace KLog.Bench.Throughput.Disk;

/// <summary>Takes whole files into the page cache or out of it, whoever writes them.</summary>
internal static unsafe class PageCache
{
    private static readonly nuint PageBytes = (nuint)Environment.SystemPageSize;

    /// <summary>
    /// Writes what is dirty, by sync(2), and has the kernel drop the files' pages, by posix_fadvise(POSIX_FADV_DONTNEED):
    /// that needs no rights, and leaves everybody else's pages alone.
    /// </summary>
    /// <exception cref="LoadException">More than a hundredth of the bytes is still in memory.</exception>
    internal static void Drop(IReadOnlyList<string> files)
    {
        Linux.Sync();
        long resident = 0;
        foreach (string path in files)
        {
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            int error = Linux.Advise(file, 0, 0, Linux.AdviceDontNeed);
            resident += error == 0 ? ResidentBytes(path) : throw new LoadException($"{path} stays in the page cache: error {error}");
        }

        long all = files.Sum(path => new FileInfo(path).Length);
        if (resident > all / 100)
        {
            throw new LoadException($"{resident >> 20} of {all >> 20} MiB stay in the page cache");
        }
    }

    /// <summary>Reads files from their start to their end.</summary>
    internal static void Load(IReadOnlyList<string> files)
    {
        byte[] buffer = new byte[1 << 20];
        foreach (string path in files)
        {
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            for (long at = 0; RandomAccess.Read(file, buffer, at) is > 0 and int read; at += read)
            {
            }
        }
    }

    /// <summary>How much of a file is in memory, in whole pages.</summary>
    internal static long ResidentBytes(string path)
    {
        nuint length = (nuint)new FileInfo(path).Length;
        if (length == 0)
        {
            return 0;
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
            stream, null, (long)length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor view = mapping.CreateViewAccessor(0, (long)length, MemoryMappedFileAccess.Read);
        byte[] pages = new byte[(length + PageBytes - 1) / PageBytes];
        fixed (byte* first = pages)
        {
            return Linux.InMemory((byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle(), length, first) == 0
                ? pages.Count(page => (page & 1) != 0) * (long)PageBytes
                : throw new LoadException($"mincore of {path} failed");
        }
    }
}
