namespace KLog.Coordination.Embedded;

/// <summary>
/// ◆ A session's watches by path, each to be called once. Whoever uses the table holds the tree's publishing lock, so that no
/// change falls between a read and its watch.
/// </summary>
internal sealed class WatchTable
{
    private readonly Dictionary<string, List<Action<WatchEvent>>> _data = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Action<WatchEvent>>> _children = new(StringComparer.Ordinal);

    /// <summary>For a node's data and its coming and going.</summary>
    public void AddData(string path, Action<WatchEvent> watch) => Add(_data, path, watch);

    /// <summary>For a node's children and its going.</summary>
    public void AddChildren(string path, Action<WatchEvent> watch) => Add(_children, path, watch);

    public void Clear()
    {
        _data.Clear();
        _children.Clear();
    }

    /// <summary>Takes out the watches that a change sets off, in the order in which they are to be called.</summary>
    public void SetOff(in TreeChange change, List<(Action<WatchEvent> Watch, WatchEvent Event)> calls)
    {
        switch (change.Kind)
        {
            case ChangeKind.Create:
                Take(_data, null, WatchEventType.NodeCreated, change.Path, calls);
                Take(_children, null, WatchEventType.NodeChildrenChanged, NodePath.Parent(change.Path), calls);
                break;
            case ChangeKind.SetData:
                Take(_data, null, WatchEventType.NodeDataChanged, change.Path, calls);
                break;
            case ChangeKind.Delete:
                Take(_data, _children, WatchEventType.NodeDeleted, change.Path, calls);
                Take(_children, null, WatchEventType.NodeChildrenChanged, NodePath.Parent(change.Path), calls);
                break;
            default:
                throw new InvalidDataException($"no such change: {change.Kind}");
        }
    }

    private static void Add(Dictionary<string, List<Action<WatchEvent>>> table, string path, Action<WatchEvent> watch)
    {
        if (!table.TryGetValue(path, out List<Action<WatchEvent>>? watches))
        {
            table.Add(path, watches = []);
        }

        if (!watches.Contains(watch))
        {
            watches.Add(watch);
        }
    }

    private static void Take(
        Dictionary<string, List<Action<WatchEvent>>> table,
        Dictionary<string, List<Action<WatchEvent>>>? second,
        WatchEventType type,
        string path,
        List<(Action<WatchEvent> Watch, WatchEvent Event)> calls)
    {
        List<Action<WatchEvent>>? more = null;
        table.Remove(path, out List<Action<WatchEvent>>? watches);
        second?.Remove(path, out more);
        foreach (Action<WatchEvent> watch in (watches ?? []).Union(more ?? []))
        {
            calls.Add((watch, new WatchEvent(type, path)));
        }
    }
}
