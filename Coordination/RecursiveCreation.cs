namespace KLog.Coordination;

/// <summary>Makes nodes with everything above them, which a tree does not do by itself.</summary>
public static class RecursiveCreation
{
    /// <summary>Makes a persistent, empty node and its parents, as far as they are missing.</summary>
    public static async Task EnsureAsync(this ICoordinationTree tree, string path, CancellationToken cancellation = default)
    {
        if (await tree.ExistsAsync(path, cancellation: cancellation) is not null)
        {
            return;
        }

        if (NodePath.Parent(path) is var parent && parent != "/")
        {
            await tree.EnsureAsync(parent, cancellation);
        }

        try
        {
            await tree.CreateAsync(path, default, CreateMode.Persistent, cancellation);
        }
        catch (TreeException e) when (e.Error == TreeError.NodeExists)
        {
            // Somebody else was quicker: that is what was asked for.
        }
    }

    /// <summary>Sets a node's data, and makes the node when it is not there; its parent must be.</summary>
    public static async Task SetOrCreateAsync(this ICoordinationTree tree, string path, ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        while (true)
        {
            try
            {
                await tree.SetAsync(path, data, cancellation: cancellation);
                return;
            }
            catch (TreeException e) when (e.Error == TreeError.NoNode)
            {
                try
                {
                    await tree.CreateAsync(path, data, CreateMode.Persistent, cancellation);
                    return;
                }
                catch (TreeException again) when (again.Error == TreeError.NodeExists)
                {
                    // Made meanwhile: set it.
                }
            }
        }
    }

    /// <summary>A node's data and stat, or null where there is none.</summary>
    public static async Task<Node?> FindAsync(this ICoordinationTree tree, string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        try
        {
            return await tree.GetAsync(path, watch, cancellation);
        }
        catch (TreeException e) when (e.Error == TreeError.NoNode)
        {
            return null;
        }
    }

    /// <summary>The names of a node's children; none where there is no node.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(this ICoordinationTree tree, string path, Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        try
        {
            return (await tree.GetChildrenAsync(path, watch, cancellation)).Names;
        }
        catch (TreeException e) when (e.Error == TreeError.NoNode)
        {
            return [];
        }
    }
}
