namespace KLog.Coordination;

/// <summary>One step of a multi.</summary>
public abstract record TreeOperation(string Path)
{
    public sealed record Create(string Path, ReadOnlyMemory<byte> Data, CreateMode Mode = CreateMode.Persistent) : TreeOperation(Path);

    public sealed record SetData(string Path, ReadOnlyMemory<byte> Data, int ExpectedVersion = -1) : TreeOperation(Path);

    public sealed record Delete(string Path, int ExpectedVersion = -1) : TreeOperation(Path);

    /// <summary>Fails the whole multi unless the node exists with this data version (−1 is any).</summary>
    public sealed record Check(string Path, int ExpectedVersion) : TreeOperation(Path);
}

/// <summary>What one step of a multi did: the path of a created node, the stat of a created or set one.</summary>
public readonly record struct OperationResult(string? Path, NodeStat? Stat);
