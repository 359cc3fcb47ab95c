using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KLog.Bench.Throughput.Load;

/// <summary>The connections of one load thread, waited for together.</summary>
internal sealed unsafe class PollSet : IDisposable
{
    private readonly Linux.PollEntry* _entries;
    private readonly int _count;

    internal PollSet(ReadOnlySpan<int> descriptors)
    {
        _count = descriptors.Length;
        _entries = (Linux.PollEntry*)NativeMemory.AllocZeroed((nuint)_count, (nuint)sizeof(Linux.PollEntry));
        for (int i = 0; i < _count; i++)
        {
            _entries[i].Descriptor = descriptors[i];
            _entries[i].Events = Linux.PollIn;
        }
    }

    /// <summary>Answers are always waited for; room to send only where a send was cut short.</summary>
    internal void WatchForRoom(int index, bool wanted) =>
        _entries[index].Events = wanted ? (short)(Linux.PollIn | Linux.PollOut) : Linux.PollIn;

    /// <summary>Waits for at most this long, in nanoseconds.</summary>
    internal void Wait(long nanoseconds)
    {
        Linux.Span timeout = new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        int ready = Linux.Poll(_entries, (nuint)_count, &timeout, null);
        if (ready <= 0)
        {
            for (int i = 0; i < _count; i++)
            {
                _entries[i].Returned = 0;
            }
        }
    }

    /// <summary>Whether there is something to receive: an answer, or the news that the connection broke.</summary>
    internal bool CanReceive(int index) => (_entries[index].Returned & ~Linux.PollOut) != 0;

    internal bool CanSend(int index) => (_entries[index].Returned & Linux.PollOut) != 0;

    public void Dispose() => NativeMemory.Free(_entries);
}

/// <summary>The load generator's clock: nanoseconds that never jump.</summary>
internal static class LoadClock
{
    /// <summary>Stopwatch ticks are nanoseconds on Linux.</summary>
    internal static long Now => Stopwatch.GetTimestamp();

    internal static long Nanoseconds(TimeSpan span) => span.Ticks * 100;
}
