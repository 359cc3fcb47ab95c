using System.Threading.Channels;

namespace KLog.Coordination.Tests;

/// <summary>Collects watch events.</summary>
public sealed class Watched
{
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();

    public bool IsEmpty => !_events.Reader.TryPeek(out _);

    public void Add(WatchEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>The next one; a test that waits for one that never comes fails after a while.</summary>
    public Task<WatchEvent> NextAsync() => _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
