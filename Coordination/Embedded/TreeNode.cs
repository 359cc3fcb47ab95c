using System.Collections.Immutable;

namespace KLog.Coordination.Embedded;

/// <summary>A node and all below it. Never changed: a change makes new nodes from here up to the root.</summary>
internal sealed record TreeNode
{
    public static readonly ImmutableDictionary<string, TreeNode> NoChildren = ImmutableDictionary.Create<string, TreeNode>(StringComparer.Ordinal);

    public ReadOnlyMemory<byte> Data { get; init; }

    public long CreatedZxid { get; init; }

    public long ModifiedZxid { get; init; }

    public long ChildrenZxid { get; init; }

    public long CreatedMs { get; init; }

    public long ModifiedMs { get; init; }

    public int Version { get; init; }

    /// <summary>How many children were ever made here: the next sequence number.</summary>
    public int ChildrenMade { get; init; }

    public long EphemeralOwner { get; init; }

    public ImmutableDictionary<string, TreeNode> Children { get; init; } = NoChildren;

    /// <summary>Its ChildrenVersion counts removals too: those are the ones made and no longer there.</summary>
    public NodeStat Stat => new(
        CreatedZxid, ModifiedZxid, CreatedMs, ModifiedMs, Version, (2 * ChildrenMade) - Children.Count, 0, EphemeralOwner, Data.Length, Children.Count, ChildrenZxid);
}
