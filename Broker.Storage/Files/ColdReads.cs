namespace KLog.Broker.Storage.Files;

/// <summary>
/// Where reads go that would wait for the disk: a few threads, so that a consumer that replays what has left the page
/// cache holds up neither producers nor consumers at the tail.
/// </summary>
public sealed class ColdReads
{
    private const int ThreadsMax = 4;

    private readonly DiskThreads _threads = new("cold read", ThreadsMax);

    /// <summary>Completes, or fails as <paramref name="read"/> does, on the thread that has read.</summary>
    public Task<T> RunAsync<T>(Func<T> read)
    {
        TaskCompletionSource<T> done = new();
        _threads.Run(() =>
        {
            T result;
            try
            {
                result = read();
            }
            catch (Exception error)
            {
                done.SetException(error);
                return;
            }

            done.SetResult(result);
        });
        return done.Task;
    }
}
