namespace KLog.Broker.Storage.Tests.Support;

/// <summary>A clock that stands still until it is told to go on. Its timers are the system's own.</summary>
public sealed class ManualTime : TimeProvider
{
    public long NowMs { get; set; } = 1_700_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
}
