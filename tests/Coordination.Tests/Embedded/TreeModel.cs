using System.Text;

namespace KLog.Coordination.Tests.Embedded;

/// <summary>A tree as a dictionary of paths: what the real one is compared with.</summary>
internal sealed class TreeModel
{
    private readonly SortedDictionary<string, (string Data, int Version)> _nodes = new(StringComparer.Ordinal);

    private TreeModel(TreeModel other)
    {
        foreach (var node in other._nodes)
        {
            _nodes.Add(node.Key, node.Value);
        }
    }

    public TreeModel()
    {
    }

    public static TreeOperation RandomOperation(Random random)
    {
        string path = random.Next(3) switch
        {
            0 => $"/{random.Next(3)}",
            1 => $"/{random.Next(3)}/{random.Next(3)}",
            _ => $"/{random.Next(3)}/{random.Next(3)}/{random.Next(2)}",
        };
        byte[] data = Encoding.UTF8.GetBytes(new string((char)('a' + random.Next(26)), random.Next(40) == 0 ? 3000 : random.Next(20)));
        int version = random.Next(3) - 1;
        return random.Next(10) switch
        {
            < 5 => new TreeOperation.Create(path, data),
            < 7 => new TreeOperation.SetData(path, data, version),
            < 9 => new TreeOperation.Delete(path, version),
            _ => new TreeOperation.Check(path, version),
        };
    }

    /// <summary>The model after the operations and the error of the first that fails, which leaves it as it was.</summary>
    public (TreeModel After, TreeError Error) Apply(IEnumerable<TreeOperation> operations)
    {
        var after = new TreeModel(this);
        foreach (TreeOperation operation in operations)
        {
            TreeError error = after.Apply(operation);
            if (error != TreeError.Ok)
            {
                return (this, error);
            }
        }

        return (after, TreeError.Ok);
    }

    public string Print() => string.Join('\n', _nodes.Select(node => $"{node.Key} {node.Value.Version} {node.Value.Data}"));

    public static async Task<string> PrintAsync(ICoordinationTree tree)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await CollectAsync(tree, "/", lines);
        return string.Join('\n', lines.Values);
    }

    private static async Task CollectAsync(ICoordinationTree tree, string path, SortedDictionary<string, string> lines)
    {
        foreach (string name in (await tree.GetChildrenAsync(path)).Names)
        {
            string child = NodePath.Child(path, name);
            Node node = await tree.GetAsync(child);
            lines.Add(child, $"{child} {node.Stat.Version} {Encoding.UTF8.GetString(node.Data.Span)}");
            await CollectAsync(tree, child, lines);
        }
    }

    private TreeError Apply(TreeOperation operation)
    {
        bool there = _nodes.TryGetValue(operation.Path, out (string Data, int Version) node);
        string parent = NodePath.Parent(operation.Path);
        switch (operation)
        {
            case TreeOperation.Create create:
                if (parent != "/" && !_nodes.ContainsKey(parent))
                {
                    return TreeError.NoNode;
                }

                return there ? TreeError.NodeExists : Put(create.Path, create.Data, 0);
            case TreeOperation.SetData set:
                return Versioned(there, node.Version, set.ExpectedVersion) is var e && e != TreeError.Ok ? e : Put(set.Path, set.Data, node.Version + 1);
            case TreeOperation.Delete delete:
                if (Versioned(there, node.Version, delete.ExpectedVersion) is var error && error != TreeError.Ok)
                {
                    return error;
                }

                if (_nodes.Keys.Any(path => path.StartsWith(delete.Path + "/", StringComparison.Ordinal)))
                {
                    return TreeError.NotEmpty;
                }

                _nodes.Remove(delete.Path);
                return TreeError.Ok;
            case TreeOperation.Check check:
                return Versioned(there, node.Version, check.ExpectedVersion);
            default:
                throw new InvalidOperationException();
        }
    }

    private TreeError Put(string path, ReadOnlyMemory<byte> data, int version)
    {
        _nodes[path] = (Encoding.UTF8.GetString(data.Span), version);
        return TreeError.Ok;
    }

    private static TreeError Versioned(bool there, int version, int expected) =>
        !there ? TreeError.NoNode : expected != -1 && expected != version ? TreeError.BadVersion : TreeError.Ok;
}
