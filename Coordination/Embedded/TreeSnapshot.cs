using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using KLog.Protocol.Records;

namespace KLog.Coordination.Embedded;

/// <summary>
/// The whole tree at one zxid, so that older journals can go. Written aside, synced, renamed, and the folder synced: under
/// its name it is always whole.
/// <code>
/// klog-tree.snapshot-(zxid, 16 hexadecimal digits)
/// | "KLOGSNAP" 8 bytes | version i32 = 1 | body length i64 | CRC-32C of the body u32 | body |
/// body: | zxid i64 | the root, then depth first: name text | data | czxid i64 | mzxid i64 | pzxid i64 | ctime i64 |
///         mtime i64 | version i32 | children made i32 | owner i64 | child count i32 | children… |
/// </code>
/// </summary>
internal static class TreeSnapshot
{
    public const string Prefix = "klog-tree.snapshot-";

    /// <summary>What a snapshot that was not finished is called. Such files are deleted when the tree opens.</summary>
    public const string Unfinished = "klog-tree.unfinished-snapshot";

    private const int HeaderSize = 24;

    private static ReadOnlySpan<byte> Magic => "KLOGSNAP"u8;

    public static string FileName(long zxid) => Prefix + zxid.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Returns the bytes written once the snapshot is there for good.</summary>
    public static long Write(ITreeFolder folder, TreeState state)
    {
        var body = new TreeWriter();
        body.Int64(state.Zxid);
        WriteNode(body, "", state.Root);
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 1);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(12), body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), Crc32C.Compute(body.Written));
        using (ITreeFile file = folder.Open(Unfinished))
        {
            file.Truncate(0);
            file.Append(header);
            file.Append(body.Written);
            file.Sync();
        }

        folder.Rename(Unfinished, FileName(state.Zxid));
        folder.Sync();
        return HeaderSize + body.Length;
    }

    public static TreeState Read(ITreeFolder folder, string name)
    {
        byte[] bytes = folder.Read(name);
        string shown = $"{folder.Name}/{name}";
        if (bytes.Length < HeaderSize || !bytes.AsSpan().StartsWith(Magic) || BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)) != 1)
        {
            throw new TreeDamageException(shown, 0, "this is no snapshot of version 1");
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(HeaderSize);
        if (BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(12)) != body.Length)
        {
            throw new TreeDamageException(shown, 12, $"{body.Length} bytes follow the header, not as many as it says");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(20)) != Crc32C.Compute(body))
        {
            throw new TreeDamageException(shown, HeaderSize, "the CRC is wrong");
        }

        var reader = new TreeReader(body);
        long zxid = reader.Int64();
        var ephemerals = new List<(long Owner, string Path)>();
        TreeNode root = ReadNode(ref reader, "", ephemerals, out _);
        return new TreeState
        {
            Root = root,
            Zxid = zxid,
            Ephemerals = ephemerals.GroupBy(e => e.Owner, e => e.Path).ToImmutableDictionary(g => g.Key, g => g.ToImmutableHashSet(StringComparer.Ordinal)),
        };
    }

    private static void WriteNode(TreeWriter writer, string name, TreeNode node)
    {
        writer.Text(name);
        writer.Data(node.Data.Span);
        writer.Int64(node.CreatedZxid);
        writer.Int64(node.ModifiedZxid);
        writer.Int64(node.ChildrenZxid);
        writer.Int64(node.CreatedMs);
        writer.Int64(node.ModifiedMs);
        writer.Int32(node.Version);
        writer.Int32(node.ChildrenMade);
        writer.Int64(node.EphemeralOwner);
        writer.Int32(node.Children.Count);
        foreach ((string childName, TreeNode child) in node.Children)
        {
            WriteNode(writer, childName, child);
        }
    }

    private static TreeNode ReadNode(ref TreeReader reader, string parentPath, List<(long Owner, string Path)> ephemerals, out string name)
    {
        name = reader.Text();
        string path = name.Length == 0 ? "/" : NodePath.Child(parentPath, name);
        var node = new TreeNode
        {
            Data = reader.Data(),
            CreatedZxid = reader.Int64(),
            ModifiedZxid = reader.Int64(),
            ChildrenZxid = reader.Int64(),
            CreatedMs = reader.Int64(),
            ModifiedMs = reader.Int64(),
            Version = reader.Int32(),
            ChildrenMade = reader.Int32(),
            EphemeralOwner = reader.Int64(),
        };
        if (node.EphemeralOwner != 0)
        {
            ephemerals.Add((node.EphemeralOwner, path));
        }

        int count = reader.Int32();
        var children = TreeNode.NoChildren.ToBuilder();
        for (int i = 0; i < count; i++)
        {
            TreeNode child = ReadNode(ref reader, path, ephemerals, out string childName);
            children.Add(childName, child);
        }

        return node with { Children = children.ToImmutable() };
    }
}
