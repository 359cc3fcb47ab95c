using System.Collections.Concurrent;

namespace KLog.Coordination.Embedded;

/// <summary>
/// A coordination tree in the process, with its files in a folder. One thread makes all changes: it takes what is
/// waiting, writes it with one sync, then publishes the new state and answers. Readers take the published state and no lock.
/// Ephemeral nodes of a process before this one are gone when the tree is open.
/// </summary>
/// <remarks>
/// The files are called klog-tree.*, and may lie in a log folder: Kafka looks at the folders in there only.
/// </remarks>
public sealed class EmbeddedTree : IAsyncDisposable
{
    /// <summary>What the files of a tree are called.</summary>
    public const string FilePattern = "klog-tree.*";

    private const int MostAtOnce = 1024;

    private readonly TimeProvider _time;
    private readonly TreeFiles? _files;
    private readonly BlockingCollection<WriteRequest> _requests = [];
    private readonly Lock _publishing = new();
    private readonly List<EmbeddedSession> _sessions = [];
    private readonly Thread _writer;
    private volatile TreeState _state;
    private long _nextSessionId;
    private SyncFailedException? _broken;
    private bool _disposed;

    private EmbeddedTree(TreeFiles? files, TreeState state, TimeProvider time)
    {
        _files = files;
        _state = state;
        _time = time;
        _nextSessionId = NowMs << 16;
        _writer = new Thread(Run) { Name = "klog-tree", IsBackground = true };
        RemoveEphemeralsOfBefore();
        _writer.Start();
    }

    /// <summary>The last published state.</summary>
    internal TreeState State => _state;

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Opens the tree of a folder that exists. Throws <see cref="TreeDamageException"/> when a file is not as it was
    /// written, and <see cref="IOException"/> when another process has the tree open.
    /// </summary>
    public static EmbeddedTree Open(string folder, TimeProvider time) => Open(new DiskFolder(folder), time);

    /// <summary>A tree that is gone with the process.</summary>
    public static EmbeddedTree InMemory(TimeProvider time) => new(null, TreeState.Empty, time);

    /// <summary>Opens a session, which is connected at once.</summary>
    public EmbeddedSession Connect()
    {
        lock (_publishing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var session = new EmbeddedSession(this, _nextSessionId++);
            _sessions.Add(session);
            return session;
        }
    }

    /// <summary>Ends the sessions, with their ephemeral nodes, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        EmbeddedSession[] sessions;
        lock (_publishing)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            sessions = [.. _sessions];
        }

        foreach (EmbeddedSession session in sessions)
        {
            await session.DisposeAsync();
        }

        _requests.CompleteAdding();
        _writer.Join();
        _files?.Dispose();
        _requests.Dispose();
    }

    internal static EmbeddedTree Open(ITreeFolder folder, TimeProvider time, long snapshotAfterBytes = 4 << 20)
    {
        TreeFiles files = TreeFiles.Open(folder, snapshotAfterBytes, out TreeState state);
        try
        {
            return new EmbeddedTree(files, state, time);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    internal void Submit(WriteRequest request)
    {
        try
        {
            _requests.Add(request);
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            request.Fail(new TreeException(TreeError.SessionExpired, request.Path));
        }
    }

    /// <summary>Reads, and leaves a watch before any later change is published.</summary>
    internal T ReadAndWatch<T>(Func<TreeState, T> readAndWatch)
    {
        lock (_publishing)
        {
            return readAndWatch(_state);
        }
    }

    private void RemoveEphemeralsOfBefore()
    {
        List<TreeOperation> deletes = [.. _state.Ephemerals.Values.SelectMany(paths => paths).Select(path => new TreeOperation.Delete(path))];
        if (deletes.Count > 0)
        {
            var plan = new TransactionPlan(_state, NowMs, 0);
            plan.Add(deletes, multi: false);
            _files?.Append([plan.Transaction]);
            _state = plan.State;
        }
    }

    private void Run()
    {
        var group = new List<WriteRequest>();
        foreach (WriteRequest first in _requests.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            while (group.Count < MostAtOnce && _requests.TryTake(out WriteRequest? next))
            {
                group.Add(next);
            }

            Commit(group);
        }
    }

    private void Commit(List<WriteRequest> group)
    {
        TreeState state = _state;
        var transactions = new List<TreeTransaction>();
        long nowMs = NowMs;
        foreach (WriteRequest request in group)
        {
            if (request.Plan(state, nowMs) is { } plan)
            {
                state = plan.State;
                transactions.Add(plan.Transaction);
            }
        }

        if (transactions.Count > 0 && !Write(group, transactions))
        {
            return;
        }

        Publish(state, transactions, group);
        group.ForEach(request => request.Answer());
        if (transactions.Count > 0)
        {
            _files?.SnapshotWhenDue(state);
        }
    }

    /// <summary>When it fails, so does the whole group: what was refused may have been refused because of what failed.</summary>
    private bool Write(List<WriteRequest> group, List<TreeTransaction> transactions)
    {
        try
        {
            if (_broken is not null)
            {
                throw _broken;
            }

            _files?.Append(transactions);
            return true;
        }
        catch (IOException e)
        {
            if (e is SyncFailedException failed && _broken is null)
            {
                _broken = failed;
                ExpireAll();
            }

            // After the sessions have ended: who is told of the failure may look at its session.
            group.ForEach(request => request.Fail(new TreeException(TreeError.SystemError, request.Path, detail: e.Message, inner: e)));
            return false;
        }
    }

    private void Publish(TreeState state, List<TreeTransaction> transactions, List<WriteRequest> group)
    {
        lock (_publishing)
        {
            _state = state;
            foreach (TreeChange change in transactions.SelectMany(transaction => transaction.Changes))
            {
                _sessions.ForEach(session => session.SetOff(change));
            }

            foreach (WriteRequest request in group)
            {
                if (request.EndsAs is { } end)
                {
                    request.Session.End(end);
                    _sessions.Remove(request.Session);
                }
            }
        }
    }

    private void ExpireAll()
    {
        lock (_publishing)
        {
            _sessions.ForEach(session => session.End(SessionState.Expired));
            _sessions.Clear();
        }
    }
}
