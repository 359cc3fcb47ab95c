using Mono.Unix.Native;

namespace KLog.Broker.Storage.Files;

/// <summary>What .NET does not offer of Linux.</summary>
internal static class Posix
{
    /// <summary>Syncs content and length, but not times: fdatasync(2).</summary>
    internal static void SyncData(int descriptor, string path) =>
        Check(Syscall.fdatasync(descriptor), "fdatasync", path);

    /// <summary>Makes the file so long, with room on the disk for all of it: posix_fallocate(3).</summary>
    internal static void Allocate(int descriptor, long length, string path)
    {
        // It answers with the error itself, and leaves errno alone.
        int error = Syscall.posix_fallocate(descriptor, 0, (ulong)length);
        if (error > 0)
        {
            throw new IOException($"posix_fallocate failed: {Stdlib.strerror(NativeConvert.ToErrno(error))} : '{path}'", error);
        }

        Check(error, "posix_fallocate", path);
    }

    internal static void SyncFolder(string path)
    {
        int descriptor = Syscall.open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC);
        Check(descriptor, "open", path);
        try
        {
            Check(Syscall.fsync(descriptor), "fsync", path);
        }
        finally
        {
            _ = Syscall.close(descriptor);
        }
    }

    /// <summary>A shared, read-only map of the file's first bytes. The descriptor may be closed afterwards.</summary>
    internal static IntPtr Map(int descriptor, long length, string path)
    {
        IntPtr address = Syscall.mmap(
            IntPtr.Zero, (ulong)length, MmapProts.PROT_READ, MmapFlags.MAP_SHARED, descriptor, 0);
        Check(address == Syscall.MAP_FAILED ? -1 : 0, "mmap", path);
        return address;
    }

    internal static void Unmap(IntPtr address, long length) => _ = Syscall.munmap(address, (ulong)length);

    /// <summary>Takes the lock that fcntl(2) and Java's FileChannel know; false when another process has it.</summary>
    internal static bool TryLockAgainstProcesses(int descriptor)
    {
        Flock whole = new() { l_type = LockType.F_WRLCK, l_whence = SeekFlags.SEEK_SET };
        return Syscall.fcntl(descriptor, FcntlCommand.F_SETLK, ref whole) == 0;
    }

    /// <summary>The largest number of open files that the process may have.</summary>
    internal static long MaxOpenFiles()
    {
        foreach (string line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return long.TryParse(columns[3], out long soft) ? soft : long.MaxValue;
            }
        }

        return 1024;
    }

    private static void Check(int result, string call, string path)
    {
        if (result >= 0)
        {
            return;
        }

        Errno error = Stdlib.GetLastError();
        throw new IOException(
            $"{call} failed: {Stdlib.strerror(error)} : '{path}'", NativeConvert.FromErrno(error));
    }
}
