using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KLog.Broker.Storage.Files;

/// <summary>What the kernel has in memory of a file.</summary>
internal static partial class PageCache
{
    /// <summary>The kernel reads ahead at least that much at a time, so that what lies between two probes is there as a rule.</summary>
    internal const int ProbeBytes = 128 << 10;

    private const int ReadNoWait = 8; // RWF_NOWAIT
    private const int TryAgain = 11; // EAGAIN

    /// <summary>Reads a byte of the first, the last and some pages in between with preadv2(2), which does not wait.</summary>
    internal static bool Holds(int descriptor, long position, long length)
    {
        long last = position + length - 1;
        for (long at = position; at < last; at += ProbeBytes)
        {
            if (!HoldsPage(descriptor, at))
            {
                return false;
            }
        }

        return HoldsPage(descriptor, last);
    }

    internal static void Prefetch(int descriptor, long position, long length) =>
        _ = Syscall.posix_fadvise(descriptor, position, length, PosixFadviseAdvice.POSIX_FADV_WILLNEED);

    // A file system that does not know the flag is taken for one that never waits: then nothing is gained, nor lost.
    private static unsafe bool HoldsPage(int descriptor, long position)
    {
        byte probe;
        IoVector vector = new() { Base = &probe, Length = 1 };
        return ReadVector(descriptor, &vector, 1, position, ReadNoWait) >= 0 || Marshal.GetLastSystemError() != TryAgain;
    }

    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static unsafe partial nint ReadVector(int descriptor, IoVector* vectors, int count, long position, int flags);

    /// <summary>struct iovec.</summary>
    private unsafe struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }
}
