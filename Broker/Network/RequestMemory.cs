namespace KLog.Broker.Network;

/// <summary>
/// The bytes of requests that are being received, over all connections (<c>queued.max.request.bytes</c>). As in Kafka
/// the last one in may overshoot, so that a request larger than the bound still gets through; then no connection reads
/// a further large frame until something has been given back. Frames that fit a connection's own block do not count.
/// </summary>
public sealed class RequestMemory(long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private long _bytes;

    /// <param name="count">Bytes, given back by <see cref="Release"/>.</param>
    public async ValueTask ReserveAsync(int count)
    {
        while (true)
        {
            Task turn;
            lock (_gate)
            {
                if (bytesMax <= 0 || _bytes < bytesMax)
                {
                    _bytes += count;
                    return;
                }

                var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(waiter);
                turn = waiter.Task;
            }

            await turn;
        }
    }

    public void Release(int count)
    {
        lock (_gate)
        {
            _bytes -= count;
            if (_bytes < bytesMax && _waiting.TryDequeue(out TaskCompletionSource? next))
            {
                next.SetResult();
            }
        }
    }
}
