namespace KLog.Coordination;

/// <summary>A node's data as it was read. The memory is never written to again.</summary>
public readonly record struct Node(ReadOnlyMemory<byte> Data, NodeStat Stat);

/// <summary>A node as it was made: with its sequence number, if it got one.</summary>
public readonly record struct CreatedNode(string Path, NodeStat Stat);

/// <summary>The names of a node's children, and the node's own stat.</summary>
public readonly record struct NodeChildren(IReadOnlyList<string> Names, NodeStat Stat);
