namespace KLog.Broker.Storage.Files;

/// <summary>
/// A few threads of their own for calls that wait for a disk, so that no other thread has to: started when there is work
/// for one more of them, and gone after a while without work. A disk needs several calls at a time to show its speed.
/// </summary>
/// <param name="name">Shown by debuggers and <c>top -H</c>.</param>
internal sealed class DiskThreads(string name, int threadsMax)
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    // A monitor, because its waiters do not spin before they sleep.
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private int _threads;
    private int _idle;

    /// <param name="work">Must not throw.</param>
    internal void Run(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_idle >= _work.Count)
            {
                Monitor.Pulse(_gate);
                return;
            }

            if (_threads == threadsMax)
            {
                return;
            }

            _threads++;
        }

        new Thread(RunWork) { IsBackground = true, Name = name }.UnsafeStart();
    }

    private void RunWork()
    {
        while (TakeWork() is { } work)
        {
            work();
        }
    }

    private Action? TakeWork()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_work.TryDequeue(out Action? work))
                {
                    return work;
                }

                _idle++;
                bool inTime = Monitor.Wait(_gate, IdleMax);
                _idle--;
                if (!inTime && _work.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
        }
    }
}
