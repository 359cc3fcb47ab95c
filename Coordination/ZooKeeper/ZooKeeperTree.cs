using KLog.Coordination.ZooKeeper.Wire;
using Microsoft.Extensions.Logging;

namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// A session on a ZooKeeper ensemble. It reconnects by itself, with its watches and ephemeral nodes, as long as the ensemble
/// keeps the session; when it does not, the session is expired and a new one has to be opened.
/// </summary>
/// <remarks>
/// Beside the errors that the interface tells of, a call ends with <see cref="TreeError.ConnectionLoss"/> when the connection
/// goes before its answer (a write may have happened), or when no server could be reached; with
/// <see cref="TreeError.NoAuth"/> where an ACL forbids it; with <see cref="TreeError.MarshallingError"/> when it or its answer
/// is longer than jute.maxbuffer. Calls that do not wait for each other share round trips, and happen in their order.
/// </remarks>
public sealed class ZooKeeperTree : ICoordinationTree
{
    private readonly ZooKeeperOptions _options;
    private readonly ZooKeeperSession _session;
    private readonly Chroot _chroot;

    private ZooKeeperTree(ZooKeeperOptions options, IZooKeeperTransport transport, TimeProvider time, Random random, ILogger log)
    {
        _options = options;
        _chroot = new Chroot(options.Servers.Chroot);
        _session = new ZooKeeperSession(options, transport, time, random, log);
    }

    public event Action<SessionState>? StateChanged
    {
        add => _session.StateChanged += value;
        remove => _session.StateChanged -= value;
    }

    public long SessionId => _session.Identity.Id;

    public SessionState State => _session.State;

    /// <summary>With <see cref="SessionId"/>, what another connection takes the session over with.</summary>
    internal byte[] SessionPassword => _session.Identity.Password;

    /// <summary>
    /// Opens a session, and returns when a server has granted it. Throws <see cref="TreeException"/>: ConnectionLoss when none
    /// has within the connection time-out, AuthFailed when the credentials are refused.
    /// </summary>
    public static Task<ZooKeeperTree> ConnectAsync(ZooKeeperOptions options, TimeProvider time, Random random, ILogger log, CancellationToken cancellation = default) =>
        ConnectAsync(options, new SocketTransport(options.Tls), time, random, log, cancellation);

    internal static async Task<ZooKeeperTree> ConnectAsync(
        ZooKeeperOptions options, IZooKeeperTransport transport, TimeProvider time, Random random, ILogger log, CancellationToken cancellation = default)
    {
        var tree = new ZooKeeperTree(options, transport, time, random, log);
        try
        {
            await tree._session.FirstConnection.WaitAsync(options.ConnectionTimeout, time, cancellation);
            if (options.CreateChroot)
            {
                await tree.EnsureChrootAsync(cancellation);
            }

            return tree;
        }
        catch (TimeoutException e)
        {
            string reason = $"no ZooKeeper server within {options.ConnectionTimeout.TotalMilliseconds:F0} ms; the last: {tree._session.LastFailure}";
            await tree.DisposeAsync();
            throw new TreeException(TreeError.ConnectionLoss, "/", detail: reason, inner: e);
        }
        catch
        {
            await tree.DisposeAsync();
            throw;
        }
    }

    public Task<CreatedNode> CreateAsync(string path, ReadOnlyMemory<byte> data, CreateMode mode = CreateMode.Persistent, CancellationToken cancellation = default) =>
        Call(
            path,
            mode.HasFlag(CreateMode.Sequential),
            OpCode.Create2,
            server => Requests.Create(server, data.Span, AclsFor(path), mode),
            (ref JuteReader body) => new CreatedNode(_chroot.ToClient(body.Text()), body.Stat()),
            cancellation);

    public Task<Node> GetAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default) =>
        Read(path, OpCode.GetData, WatchKind.Data, watch, static (ref JuteReader body) => new Node(body.Buffer(), body.Stat()), cancellation);

    public Task<NodeStat> SetAsync(string path, ReadOnlyMemory<byte> data, int expectedVersion = -1, CancellationToken cancellation = default) =>
        Call(
            path,
            sequential: false,
            OpCode.SetData,
            server => Requests.SetData(server, data.Span, expectedVersion),
            static (ref JuteReader body) => body.Stat(),
            cancellation);

    public Task DeleteAsync(string path, int expectedVersion = -1, CancellationToken cancellation = default) =>
        Call(
            path,
            sequential: false,
            OpCode.Delete,
            _ => Requests.Versioned(_chroot.ToServer(new TreeOperation.Delete(path)), expectedVersion),
            static (ref JuteReader _) => true,
            cancellation);

    public Task<NodeStat?> ExistsAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default) =>
        Read<NodeStat?>(path, OpCode.Exists, WatchKind.Data, watch, static (ref JuteReader body) => body.Stat(), cancellation);

    public Task<NodeChildren> GetChildrenAsync(string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default) =>
        Read(path, OpCode.GetChildren2, WatchKind.Children, watch, static (ref JuteReader body) => new NodeChildren(body.Texts(), body.Stat()), cancellation);

    public Task<IReadOnlyList<OperationResult>> MultiAsync(IReadOnlyList<TreeOperation> operations, CancellationToken cancellation = default) =>
        Send(
            operations.Count > 0 ? operations[0].Path : "/",
            OpCode.Multi,
            () =>
            {
                foreach (TreeOperation operation in operations)
                {
                    NodePath.Validate(operation.Path, operation is TreeOperation.Create create && create.Mode.HasFlag(CreateMode.Sequential));
                }

                return MultiCodec.Request(operations, _chroot.ToServer, AclsFor);
            },
            new CallShape<IReadOnlyList<OperationResult>>((ref JuteReader body) => MultiCodec.Answer(ref body, operations, _chroot.ToClient)),
            cancellation);

    public Task SyncAsync(string path = "/", CancellationToken cancellation = default) =>
        Call(path, sequential: false, OpCode.Sync, Requests.Sync, static (ref JuteReader _) => true, cancellation);

    /// <summary>Ends the session, with its ephemeral nodes. Calls made before are answered first.</summary>
    public async ValueTask DisposeAsync() => await _session.DisposeAsync();

    private IReadOnlyList<NodeAcl> AclsFor(string path) => NodeAcl.For(path, _options.SetAcl);

    /// <summary>
    /// The chroot and its parents, by their paths on the server. Each is looked for first: who may not make nodes beside one
    /// that is there is refused before it is told that it is there.
    /// </summary>
    private async Task EnsureChrootAsync(CancellationToken cancellation)
    {
        string path = "";
        foreach (string name in _options.Servers.Chroot.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string part = path = $"{path}/{name}";
            var found = new CallShape<bool>(static (ref JuteReader _) => true, MayBeMissing: true);
            if (!await Send(part, OpCode.Exists, () => Requests.Read(part, watch: false), found, cancellation))
            {
                await MakeAsync(part, cancellation);
            }
        }
    }

    private async Task MakeAsync(string serverPath, CancellationToken cancellation)
    {
        try
        {
            var made = new CallShape<bool>(static (ref JuteReader _) => true);
            await Send(serverPath, OpCode.Create2, () => Requests.Create(serverPath, default, AclsFor(serverPath), CreateMode.Persistent), made, cancellation);
        }
        catch (TreeException e) when (e.Error == TreeError.NodeExists)
        {
            // Somebody else was quicker: that is what was asked for.
        }
    }

    private Task<T> Read<T>(string path, OpCode op, WatchKind kind, Action<WatchEvent>? watch, AnswerBody<T> read, CancellationToken cancellation)
    {
        bool isExists = op == OpCode.Exists;
        var shape = new CallShape<T>(read, watch is null ? null : new PendingWatch(kind, isExists, watch), isExists);
        return Send(path, op, () => Requests.Read(ServerPath(path, sequential: false), watch is not null), shape, cancellation);
    }

    private Task<T> Call<T>(string path, bool sequential, OpCode op, Func<string, JuteWriter> request, AnswerBody<T> read, CancellationToken cancellation) =>
        Send(path, op, () => request(ServerPath(path, sequential)), new CallShape<T>(read), cancellation);

    private string ServerPath(string path, bool sequential)
    {
        NodePath.Validate(path, sequential);
        return _chroot.ToServer(path);
    }

    /// <summary>Everything that goes wrong here is told by the task.</summary>
    private Task<T> Send<T>(string path, OpCode op, Func<JuteWriter> request, CallShape<T> shape, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        try
        {
            byte[] frame = RequestFrame.Of(op, request());
            if (frame.Length - sizeof(int) > _options.MaxBufferBytes)
            {
                throw new TreeException(
                    TreeError.MarshallingError, path, detail: $"the request has {frame.Length - sizeof(int)} bytes, and jute.maxbuffer allows {_options.MaxBufferBytes}");
            }

            var call = new ZooKeeperCall<T>(path, frame, shape.Read) { Watch = shape.Watch, MayBeMissing = shape.MayBeMissing };
            _session.Add(call);
            return call.Answered.WaitAsync(cancellation);
        }
        catch (TreeException e)
        {
            return Task.FromException<T>(e);
        }
    }

    private readonly record struct CallShape<T>(AnswerBody<T> Read, PendingWatch? Watch = null, bool MayBeMissing = false);
}
