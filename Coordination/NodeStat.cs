namespace KLog.Coordination;

/// <summary>
/// What a tree knows about a node beside its data, in ZooKeeper's order. A zxid is the place of a change in the order of all
/// changes; times are milliseconds since 1970 by the tree's clock.
/// </summary>
/// <remarks>
/// ZooKeeper's names: czxid (a broker's epoch is that of its registration), mzxid (last change of the data), pzxid (last
/// child made or removed), ctime, mtime, version (how often the data was set), cversion (how many children were made and
/// removed), aversion, ephemeralOwner (the session that the node goes with, or 0), dataLength, numChildren.
/// </remarks>
public readonly record struct NodeStat(
    long CreatedZxid,
    long ModifiedZxid,
    long CreatedMs,
    long ModifiedMs,
    int Version,
    int ChildrenVersion,
    int AclVersion,
    long EphemeralOwner,
    int DataLength,
    int ChildCount,
    long ChildrenZxid);
