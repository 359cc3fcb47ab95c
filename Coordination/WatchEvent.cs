namespace KLog.Coordination;

/// <summary>What happened to a watched node. The values are ZooKeeper's.</summary>
public enum WatchEventType
{
    NodeCreated = 1,
    NodeDeleted = 2,
    NodeDataChanged = 3,
    NodeChildrenChanged = 4,
}

/// <summary>Tells that something changed, not what to: who wants to know reads, and leaves a new watch in doing so.</summary>
public readonly record struct WatchEvent(WatchEventType Type, string Path);
