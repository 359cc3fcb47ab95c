using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Report;

/// <summary>
/// Tells what is going on, on standard error: on a terminal one line that is written over while a run lasts, elsewhere
/// whole lines only.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private string _label = "";
    private LoadMeter? _meter;
    private (long At, long Requests, long Bytes) _last;

    internal ProgressLine() => _timer = new Timer(_ => Show(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Writes a line that stays.</summary>
    internal void Say(string line)
    {
        lock (_lock)
        {
            Console.Error.WriteLine(_isTerminal ? "\r\e[K" + line : line);
        }
    }

    /// <summary>Shows a run's rates while it lasts, until the answer is disposed of.</summary>
    internal IDisposable Follow(string label, LoadMeter meter)
    {
        lock (_lock)
        {
            _label = label;
            _meter = meter;
            _last = (LoadClock.Now, 0, 0);
        }

        if (_isTerminal)
        {
            Show();
            _timer.Change(Interval, Interval);
        }

        return new Following(this);
    }

    public void Dispose() => _timer.Dispose();

    private void Show()
    {
        lock (_lock)
        {
            if (_meter is not { } meter)
            {
                return;
            }

            (long At, long Requests, long Bytes) now = (LoadClock.Now, meter.Requests, meter.Bytes);
            double seconds = Math.Max(1e-3, (now.At - _last.At) / 1e9);
            string requests = Quantity.Format((now.Requests - _last.Requests) / seconds);
            string mib = Quantity.Format((now.Bytes - _last.Bytes) / seconds / (1 << 20));
            _last = now;
            Console.Error.Write($"\r\e[K  {_label}  {requests} requests/s  {mib} MiB/s");
        }
    }

    private void Stop()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_lock)
        {
            _meter = null;
            if (_isTerminal)
            {
                Console.Error.Write("\r\e[K");
            }
        }
    }

    private sealed class Following(ProgressLine line) : IDisposable
    {
        public void Dispose() => line.Stop();
    }
}
