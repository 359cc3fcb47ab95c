namespace KLog.Coordination.Embedded;

internal enum ChangeKind : byte
{
    Create = 1,
    SetData = 2,
    Delete = 3,
}

/// <summary>
/// One change that has been checked and will happen: what the journal holds, and what watches are set off by. A path is
/// whole, with its sequence number; the owner is 0 unless an ephemeral node is made.
/// </summary>
internal readonly record struct TreeChange(ChangeKind Kind, string Path, ReadOnlyMemory<byte> Data, long Owner);

/// <summary>Changes that happen together, under one zxid.</summary>
internal readonly record struct TreeTransaction(long Zxid, long TimeMs, IReadOnlyList<TreeChange> Changes);
