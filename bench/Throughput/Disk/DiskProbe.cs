using System.Runtime.InteropServices;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;
using Microsoft.Win32.SafeHandles;

namespace KLog.Bench.Throughput.Disk;

/// <summary>What the plain loops reached.</summary>
/// <param name="Seconds">From the first append to the last sync.</param>
/// <param name="Bytes">Appended and synced, over all files.</param>
/// <param name="Waits">Each append with its sync, in nanoseconds.</param>
internal sealed record DiskProbeOutcome(double Seconds, long Bytes, LatencyHistogram Waits)
{
    internal double MibPerSecond => Bytes / Seconds / (1 << 20);
}

/// <summary>
/// What the disk gives to whoever appends and syncs, without a broker: plain loops of pwrite(2) and fdatasync(2), one
/// thread and one new file each, as `fio --rw=write --fdatasync=1` would run them.
/// </summary>
internal static unsafe class DiskProbe
{
    /// <param name="folder">Where the files are made, and removed; on the disk that is measured.</param>
    /// <param name="files">How many loops run side by side.</param>
    /// <param name="appendBytes">Bytes of each append.</param>
    /// <param name="time">When no further append begins; each loop makes one at least.</param>
    internal static DiskProbeOutcome Run(string folder, int files, int appendBytes, TimeSpan time)
    {
        Linux.Sync();
        long start = LoadClock.Now;
        long end = start + LoadClock.Nanoseconds(time);
        Loop[] loops = [.. Enumerable.Range(0, files).Select(i => new Loop(Path.Combine(folder, $"probe-{i}"), appendBytes, end))];
        LatencyHistogram waits = new();
        foreach (Loop loop in loops)
        {
            waits.Add(loop.Join());
        }

        return new DiskProbeOutcome((LoadClock.Now - start) / 1e9, waits.Count * appendBytes, waits);
    }

    private sealed class Loop
    {
        private readonly LatencyHistogram _waits = new();
        private readonly Thread _thread;
        private Exception? _failure;

        internal Loop(string path, int appendBytes, long end)
        {
            _thread = new Thread(() => Run(path, appendBytes, end));
            _thread.Start();
        }

        internal LatencyHistogram Join()
        {
            _thread.Join();
            return _failure is null ? _waits : throw new LoadException($"the disk cannot be measured: {_failure.Message}");
        }

        private void Run(string path, int appendBytes, long end)
        {
            try
            {
                using FixedBytes bytes = new(appendBytes);
                new Random(1).NextBytes(bytes.Span);
                using SafeFileHandle file = File.OpenHandle(
                    path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
                long before = LoadClock.Now;
                for (long at = 0; at == 0 || before < end; at += appendBytes)
                {
                    if (Linux.WriteAt(file, bytes.Start, (nuint)appendBytes, at) != appendBytes || Linux.SyncData(file) != 0)
                    {
                        throw new IOException(Marshal.GetLastPInvokeErrorMessage());
                    }

                    long after = LoadClock.Now;
                    _waits.Record(after - before);
                    before = after;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _failure = e;
            }
        }
    }
}
