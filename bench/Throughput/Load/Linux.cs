using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// The system calls that the harness makes itself: one poll over all connections, and one gathering send for as many
/// requests as a connection may have in flight, neither of which allocates; and what it does to files of its own account.
/// </summary>
internal static unsafe partial class Linux
{
    internal const short PollIn = 1;
    internal const short PollOut = 4;
    internal const int Again = 11;
    internal const int Interrupted = 4;
    internal const int Truncate = 0x20;
    internal const int DontWait = 0x40;
    internal const int NoSignal = 0x4000;
    internal const int SignalInterrupt = 2;
    internal const int SignalKill = 9;
    internal const int SignalTerminate = 15;
    internal const int SignalContinue = 18;
    internal const int SignalStop = 19;
    internal const int AdviceDontNeed = 4;
    private const int SetTimerSlack = 29;

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Slice
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        public void* Name;
        public uint NameLength;
        public Slice* Slices;
        public nuint SliceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Span
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, Span* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    internal static partial nint Send(int descriptor, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "sync")]
    internal static partial void Sync();

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint WriteAt(SafeFileHandle file, byte* bytes, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int SyncData(SafeFileHandle file);

    /// <summary>Answers the error, not -1.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    internal static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    /// <summary>Sets the lowest bit of a byte a page, where the page is in memory.</summary>
    [LibraryImport("libc", EntryPoint = "mincore", SetLastError = true)]
    internal static partial int InMemory(byte* start, nuint length, byte* pages);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    internal static partial int ReadClock(int clock, out Span time);

    /// <summary>The clock of a process's processor time, as clock_getcpuclockid(3) makes it.</summary>
    internal static int CpuClockOf(int process) => (~process << 3) | 2;

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument, nuint unused3, nuint unused4, nuint unused5);

    /// <summary>Lets the calling thread's waits end within a microsecond of their time instead of 50 µs after it.</summary>
    internal static void SharpenTimers() => _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);
}
