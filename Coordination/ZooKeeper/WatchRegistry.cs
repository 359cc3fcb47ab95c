using System.Text;
using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.ZooKeeper;

/// <summary>What a watch waits for, as the server keeps it.</summary>
internal enum WatchKind
{
    /// <summary>On a node that is there: its data, or its going.</summary>
    Data,

    /// <summary>On a node that is not there: its coming.</summary>
    Existence,

    /// <summary>On a node's children, and its going.</summary>
    Children,
}

/// <summary>A watch that a read asked for; an exists that finds no node turns it into one for existence.</summary>
internal readonly record struct PendingWatch(WatchKind Kind, bool IsExists, Action<WatchEvent> Call)
{
    /// <summary>What the server watches after this answer; null when nothing.</summary>
    public WatchKind? KindAfter(TreeError error) => error switch
    {
        TreeError.Ok => Kind,
        TreeError.NoNode when IsExists => WatchKind.Existence,
        _ => null,
    };
}

/// <summary>
/// ◆ A session's watches by path and kind, each to be called once. Used by one thread at a time: the connection's, and between
/// connections the session's.
/// </summary>
internal sealed class WatchRegistry
{
    /// <summary>A server refuses packets over its jute.maxbuffer, and would do so at every reconnect.</summary>
    private const int ChunkBytes = 120 * 1024;

    private static readonly WatchKind[] OnNode = [WatchKind.Data, WatchKind.Existence];
    private static readonly WatchKind[] OnChildren = [WatchKind.Children];
    private static readonly WatchKind[] All = [WatchKind.Data, WatchKind.Existence, WatchKind.Children];

    private readonly Dictionary<(WatchKind Kind, string Path), List<Action<WatchEvent>>> _watches = [];

    public int Count => _watches.Count;

    public void Add(WatchKind kind, string path, Action<WatchEvent> watch)
    {
        if (!_watches.TryGetValue((kind, path), out List<Action<WatchEvent>>? watches))
        {
            _watches.Add((kind, path), watches = new List<Action<WatchEvent>>(1));
        }

        if (!watches.Contains(watch))
        {
            watches.Add(watch);
        }
    }

    /// <summary>Takes out the watches that an event sets off, each once.</summary>
    public IReadOnlyCollection<Action<WatchEvent>> SetOff(in WatchEvent happened)
    {
        WatchKind[] kinds = happened.Type switch
        {
            WatchEventType.NodeCreated or WatchEventType.NodeDataChanged => OnNode,
            WatchEventType.NodeChildrenChanged => OnChildren,
            WatchEventType.NodeDeleted => All,
            _ => [],
        };
        var calls = new List<Action<WatchEvent>>();
        foreach (WatchKind kind in kinds)
        {
            if (_watches.Remove((kind, happened.Path), out List<Action<WatchEvent>>? watches))
            {
                calls.AddRange(watches.Where(watch => !calls.Contains(watch)));
            }
        }

        return calls;
    }

    public void Clear() => _watches.Clear();

    /// <summary>
    /// What gives all watches to a new connection, in frames of at most about 128 KiB. For each the server looks whether it
    /// would have been set off since the zxid, and then sends its event at once.
    /// <code>
    /// setWatches | last zxid i64 | data watches vector of paths | existence watches … | children watches … |
    /// </code>
    /// </summary>
    public IEnumerable<byte[]> SetWatches(long lastZxid, Func<string, string> serverPath)
    {
        List<string>[] paths = [[], [], []];
        int bytes = 0;
        foreach ((WatchKind kind, string path) in _watches.Keys)
        {
            string onServer = serverPath(path);
            int size = sizeof(int) + Encoding.UTF8.GetByteCount(onServer);
            if (bytes > 0 && bytes + size > ChunkBytes)
            {
                yield return Frame(lastZxid, paths);
                bytes = 0;
            }

            paths[(int)kind].Add(onServer);
            bytes += size;
        }

        if (bytes > 0)
        {
            yield return Frame(lastZxid, paths);
        }
    }

    private static byte[] Frame(long lastZxid, List<string>[] paths)
    {
        var body = new JuteWriter();
        body.Int64(lastZxid);
        foreach (List<string> ofKind in paths)
        {
            body.Texts(ofKind);
            ofKind.Clear();
        }

        return RequestFrame.Of(OpCode.SetWatches, body, SpecialXid.SetWatches);
    }
}
