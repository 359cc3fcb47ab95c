using System.Globalization;

namespace KLog.Cli;

/// <summary>How far a long reading has come, on standard error while that is a terminal: bar, bytes, rate, time left.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarWidth = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _printing = new();
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();
    private ITimer? _timer;
    private long _total;
    private long _done;
    private bool _isShown;

    public void Start(long totalBytes)
    {
        _total = Math.Max(1, totalBytes);
        if (!Console.IsErrorRedirected)
        {
            _timer = TimeProvider.System.CreateTimer(_ => Print(), null, Interval, Interval);
        }
    }

    /// <summary>Bytes that were read. Called by several threads.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _done, bytes);

    /// <summary>Gives the line free for something else; it comes again by itself.</summary>
    public void Clear()
    {
        lock (_printing)
        {
            if (_isShown)
            {
                Console.Error.Write("\r\e[K");
                _isShown = false;
            }
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        Clear();
    }

    private void Print()
    {
        lock (_printing)
        {
            long done = Math.Min(Interlocked.Read(ref _done), _total);
            double share = (double)done / _total;
            double seconds = Math.Max(0.001, TimeProvider.System.GetElapsedTime(_startedAt).TotalSeconds);
            int filled = (int)(share * BarWidth);
            string left = share > 0.01 ? $", {TimeSpan.FromSeconds((long)((seconds / share) - seconds)):mm\\:ss} left" : "";
            Console.Error.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"\r\e[K[{new string('#', filled)}{new string('.', BarWidth - filled)}] {share,4:P0} of {_total / 1e9:0.00} GB, {done / 1e6 / seconds:0} MB/s{left}"));
            _isShown = true;
        }
    }
}
