namespace KLog.Coordination.Embedded;

/// <summary>A session on an <see cref="EmbeddedTree"/>. It never disconnects, and lives as long as the process wants it.</summary>
public sealed class EmbeddedSession : ICoordinationTree
{
    private readonly EmbeddedTree _tree;
    private readonly WatchTable _watches = new();
    private readonly EventQueue _events = new();
    private volatile SessionState _state = SessionState.Connected;

    internal EmbeddedSession(EmbeddedTree tree, long sessionId)
    {
        _tree = tree;
        SessionId = sessionId;
    }

    public event Action<SessionState>? StateChanged;

    public long SessionId { get; }

    public SessionState State => _state;

    public async Task<CreatedNode> CreateAsync(string path, ReadOnlyMemory<byte> data, CreateMode mode = CreateMode.Persistent, CancellationToken cancellation = default)
    {
        OperationResult made = (await WriteAsync([new TreeOperation.Create(path, data, mode)], false, cancellation))[0];
        return new CreatedNode(made.Path!, made.Stat!.Value);
    }

    public Task<Node> GetAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default) => Read(path, watch, state =>
    {
        TreeNode node = state.Find(path) ?? throw new TreeException(TreeError.NoNode, path);
        AddWatch(_watches.AddData, path, watch);
        return new Node(node.Data, node.Stat);
    }, cancellation);

    public async Task<NodeStat> SetAsync(string path, ReadOnlyMemory<byte> data, int expectedVersion = -1, CancellationToken cancellation = default) =>
        (await WriteAsync([new TreeOperation.SetData(path, data, expectedVersion)], false, cancellation))[0].Stat!.Value;

    public Task DeleteAsync(string path, int expectedVersion = -1, CancellationToken cancellation = default) =>
        WriteAsync([new TreeOperation.Delete(path, expectedVersion)], false, cancellation);

    public Task<NodeStat?> ExistsAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default) => Read(path, watch, state =>
    {
        AddWatch(_watches.AddData, path, watch);
        return state.Find(path)?.Stat;
    }, cancellation);

    public Task<NodeChildren> GetChildrenAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default) => Read(path, watch, state =>
    {
        TreeNode node = state.Find(path) ?? throw new TreeException(TreeError.NoNode, path);
        AddWatch(_watches.AddChildren, path, watch);
        return new NodeChildren([.. node.Children.Keys], node.Stat);
    }, cancellation);

    public Task<IReadOnlyList<OperationResult>> MultiAsync(IReadOnlyList<TreeOperation> operations, CancellationToken cancellation = default) =>
        WriteAsync(operations, true, cancellation);

    /// <summary>Nothing to wait for: a write is published before it is answered.</summary>
    public Task SyncAsync(string path = "/", CancellationToken cancellation = default) => Read(path, null, _ => true, cancellation);

    /// <summary>Ends the session as a tree does that has not heard from it for too long.</summary>
    public Task ExpireAsync() => EndAsync(SessionState.Expired);

    /// <summary>Ends the session, with its ephemeral nodes. Watches that were set off before are still called.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(SessionState.Closed);
        _events.Close();
    }

    /// <summary>By the writer, under the publishing lock.</summary>
    internal void SetOff(in TreeChange change)
    {
        var calls = new List<(Action<WatchEvent> Watch, WatchEvent Event)>();
        _watches.SetOff(change, calls);
        foreach ((Action<WatchEvent> watch, WatchEvent happened) in calls)
        {
            _events.Enqueue(() => watch(happened));
        }
    }

    /// <summary>By the writer, under the publishing lock.</summary>
    internal void End(SessionState state)
    {
        _state = state;
        _watches.Clear();
        _events.Enqueue(() => StateChanged?.Invoke(state));
    }

    /// <summary>Set by the writer, which is the only one to look: writes behind the end are refused before it is published.</summary>
    internal bool IsEnding { get; set; }

    internal void ThrowIfOver(string path)
    {
        if (_state is SessionState.Expired or SessionState.Closed)
        {
            throw new TreeException(TreeError.SessionExpired, path);
        }
    }

    private static void AddWatch(Action<string, Action<WatchEvent>> table, string path, Action<WatchEvent>? watch)
    {
        if (watch is not null)
        {
            table(path, watch);
        }
    }

    private Task<T> Read<T>(string path, Action<WatchEvent>? watch, Func<TreeState, T> read, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        try
        {
            NodePath.Validate(path);
            if (watch is null)
            {
                ThrowIfOver(path);
                return Task.FromResult(read(_tree.State));
            }

            return Task.FromResult(_tree.ReadAndWatch(state =>
            {
                ThrowIfOver(path);
                return read(state);
            }));
        }
        catch (TreeException e)
        {
            return Task.FromException<T>(e);
        }
    }

    private Task<IReadOnlyList<OperationResult>> WriteAsync(IReadOnlyList<TreeOperation> operations, bool multi, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<IReadOnlyList<OperationResult>>(cancellation);
        }

        var request = new WriteRequest(this, operations, multi);
        _tree.Submit(request);
        return request.Answered.WaitAsync(cancellation);
    }

    private async Task EndAsync(SessionState state)
    {
        try
        {
            var request = new WriteRequest(this, [], multi: false, endsAs: state);
            _tree.Submit(request);
            await request.Answered;
        }
        catch (TreeException e) when (e.Error is TreeError.SessionExpired or TreeError.SystemError)
        {
            // It is over already, or the journal is: then nothing of this session is there when the tree opens again.
        }
    }
}
