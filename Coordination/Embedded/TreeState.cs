using System.Collections.Immutable;

namespace KLog.Coordination.Embedded;

/// <summary>
/// ◆ The whole tree at one zxid. Never changed, so that it can be read, and written to a snapshot, without a lock while
/// later states come into being.
/// </summary>
internal sealed record TreeState
{
    private static readonly ImmutableHashSet<string> NoPaths = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    public static readonly TreeState Empty = new();

    public TreeNode Root { get; init; } = new();

    /// <summary>The zxid of the last transaction in this state.</summary>
    public long Zxid { get; init; }

    /// <summary>The paths of each session's ephemeral nodes.</summary>
    public ImmutableDictionary<long, ImmutableHashSet<string>> Ephemerals { get; init; } = ImmutableDictionary<long, ImmutableHashSet<string>>.Empty;

    public TreeNode? Find(string path)
    {
        TreeNode? node = Root;
        int start = 1;
        while (node is not null && start < path.Length)
        {
            int end = path.IndexOf('/', start);
            end = end < 0 ? path.Length : end;
            node = node.Children.GetValueOrDefault(path[start..end]);
            start = end + 1;
        }

        return node;
    }

    /// <summary>The state after a transaction that is known to fit.</summary>
    public TreeState After(in TreeTransaction transaction)
    {
        TreeState state = this;
        foreach (TreeChange change in transaction.Changes)
        {
            state = state.After(change, transaction.Zxid, transaction.TimeMs);
        }

        return state with { Zxid = transaction.Zxid };
    }

    /// <summary>The state after one change of a transaction. Throws <see cref="InvalidDataException"/> when it does not fit.</summary>
    public TreeState After(in TreeChange change, long zxid, long timeMs) => change.Kind switch
    {
        ChangeKind.Create => Created(change, zxid, timeMs),
        ChangeKind.SetData => DataSet(change, zxid, timeMs),
        ChangeKind.Delete => Deleted(change, zxid),
        _ => throw new InvalidDataException($"no such change: {change.Kind}"),
    };

    private TreeState Created(TreeChange change, long zxid, long timeMs)
    {
        var made = new TreeNode
        {
            Data = change.Data,
            CreatedZxid = zxid,
            ModifiedZxid = zxid,
            ChildrenZxid = zxid,
            CreatedMs = timeMs,
            ModifiedMs = timeMs,
            EphemeralOwner = change.Owner,
        };
        TreeNode root = Replace(Root, NodePath.Parent(change.Path), 1, parent => parent with
        {
            Children = parent.Children.Add(NodePath.Name(change.Path), made),
            ChildrenMade = parent.ChildrenMade + 1,
            ChildrenZxid = zxid,
        });
        TreeState state = this with { Root = root };
        return change.Owner == 0 ? state : state with
        {
            Ephemerals = Ephemerals.SetItem(change.Owner, Ephemerals.GetValueOrDefault(change.Owner, NoPaths).Add(change.Path)),
        };
    }

    private TreeState DataSet(TreeChange change, long zxid, long timeMs) => this with
    {
        Root = Replace(Root, change.Path, 1, node => node with
        {
            Data = change.Data,
            ModifiedZxid = zxid,
            ModifiedMs = timeMs,
            Version = node.Version + 1,
        }),
    };

    private TreeState Deleted(TreeChange change, long zxid)
    {
        long owner = Find(change.Path)?.EphemeralOwner ?? 0;
        TreeState state = this with
        {
            Root = Replace(Root, NodePath.Parent(change.Path), 1, parent => parent with
            {
                Children = parent.Children.Remove(NodePath.Name(change.Path)),
                ChildrenZxid = zxid,
            }),
        };
        if (owner == 0)
        {
            return state;
        }

        ImmutableHashSet<string> left = Ephemerals[owner].Remove(change.Path);
        return state with { Ephemerals = left.IsEmpty ? Ephemerals.Remove(owner) : Ephemerals.SetItem(owner, left) };
    }

    private static TreeNode Replace(TreeNode node, string path, int start, Func<TreeNode, TreeNode> change)
    {
        if (start >= path.Length)
        {
            return change(node);
        }

        int end = path.IndexOf('/', start);
        end = end < 0 ? path.Length : end;
        string name = path[start..end];
        TreeNode child = node.Children.GetValueOrDefault(name) ?? throw new InvalidDataException($"there is no {path[..end]}");
        return node with { Children = node.Children.SetItem(name, Replace(child, path, end + 1, change)) };
    }
}
