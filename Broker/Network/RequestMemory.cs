namespace KLog.Broker.Network;

/// <summary>
/// The bytes of requests that are being received, over all connections (<c>queued.max.request.bytes</c>). As in Kafka
/// the last one in may overshoot, so that a request larger than the bound still gets through; then no connection reads
/// a further large frame until something has been given back. Frames that fit a connection's own block do not count.
/// </summary>
public sealed class RequestMemory(long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiting = new();
    private long _bytes;

    /// <summary>Waits for its turn, first come, first served.</summary>
    /// <param name="count">Bytes, given back by <see cref="Release"/>.</param>
    /// <exception cref="OperationCanceledException">Nothing is reserved.</exception>
    public async ValueTask ReserveAsync(int count, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (bytesMax <= 0 || _bytes < bytesMax)
            {
                _bytes += count;
                return;
            }

            waiter = new Waiter(count);
            _waiting.Enqueue(waiter);
        }

        using (cancellation.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).TrySetCanceled(token), waiter))
        {
            await waiter.Task;
        }
    }

    public void Release(int count)
    {
        lock (_gate)
        {
            _bytes -= count;
            while (_bytes < bytesMax && _waiting.TryDequeue(out Waiter? next))
            {
                // One that has been cancelled meanwhile has no use for it.
                _bytes += next.TrySetResult() ? next.Count : 0;
            }
        }
    }

    private sealed class Waiter(int count) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Count => count;
    }
}
