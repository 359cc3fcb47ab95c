namespace KLog.Coordination;

/// <summary>
/// One session on a coordination tree, with ZooKeeper's semantics: writes are totally ordered and durable before they are
/// answered, reads see a state that only moves forward, and ephemeral nodes live as long as the session.
/// Everything that fails throws <see cref="TreeException"/>. Cancelling a write gives up waiting for it; it may still happen.
/// </summary>
/// <remarks>
/// A watch is called once, on a thread that the session uses for watches and session changes only, one at a time and in the
/// order of the changes. It is queued before the change that set it off is answered. It must not block. A watch that is
/// given twice for the same path, before it was called, is called once. The end of the session drops all watches uncalled.
/// </remarks>
public interface ICoordinationTree : IAsyncDisposable
{
    /// <summary>What ephemeral nodes of this session carry in <see cref="NodeStat.EphemeralOwner"/>.</summary>
    long SessionId { get; }

    SessionState State { get; }

    /// <summary>Called in order with the watches. <see cref="SessionState.Expired"/> is the last.</summary>
    event Action<SessionState>? StateChanged;

    /// <summary>
    /// Makes a node. Errors: NoNode (no parent), NodeExists, NoChildrenForEphemerals. A sequential node's name gets ten
    /// digits appended, which grow with every node made below the same parent.
    /// </summary>
    Task<CreatedNode> CreateAsync(string path, ReadOnlyMemory<byte> data, CreateMode mode = CreateMode.Persistent, CancellationToken cancellation = default);

    /// <summary>A node's data. Errors: NoNode, and then no watch is left.</summary>
    Task<Node> GetAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default);

    /// <summary>Replaces a node's data. Errors: NoNode, BadVersion. The expected version −1 is any.</summary>
    Task<NodeStat> SetAsync(string path, ReadOnlyMemory<byte> data, int expectedVersion = -1, CancellationToken cancellation = default);

    /// <summary>Removes a node. Errors: NoNode, BadVersion, NotEmpty. The expected version −1 is any.</summary>
    Task DeleteAsync(string path, int expectedVersion = -1, CancellationToken cancellation = default);

    /// <summary>A node's stat, or null. The watch also fires when the node comes into being.</summary>
    Task<NodeStat?> ExistsAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default);

    /// <summary>The names, without the path and in no order, of a node's children. Errors: NoNode.</summary>
    Task<NodeChildren> GetChildrenAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default);

    /// <summary>
    /// All of the operations, one after the other, or none. When one fails, <see cref="TreeException.FailedOperation"/> is
    /// its place.
    /// </summary>
    Task<IReadOnlyList<OperationResult>> MultiAsync(IReadOnlyList<TreeOperation> operations, CancellationToken cancellation = default);

    /// <summary>What this session reads afterwards contains every write that was answered, to anyone, before this call.</summary>
    Task SyncAsync(string path = "/", CancellationToken cancellation = default);
}
