namespace KLog.Coordination.Registries;

/// <summary>The cluster's id, /cluster/id, version "1": whoever is first makes it, and it never changes.</summary>
public sealed class ClusterIdRegistry(ICoordinationTree tree)
{
    /// <summary>The id, which is <paramref name="proposed"/> if there was none.</summary>
    public async Task<string> GetOrCreateAsync(string proposed, CancellationToken cancellation = default)
    {
        if (await FindAsync(cancellation) is { } known)
        {
            return known;
        }

        await tree.EnsureAsync(NodePath.Parent(Paths.ClusterId), cancellation);
        ReadOnlyMemory<byte> data = NodeJson.Write(json =>
        {
            json.WriteString("version", "1");
            json.WriteString("id", proposed);
        });
        try
        {
            await tree.CreateAsync(Paths.ClusterId, data, CreateMode.Persistent, cancellation);
            return proposed;
        }
        catch (TreeException e) when (e.Error == TreeError.NodeExists)
        {
            return (await FindAsync(cancellation))!;
        }
    }

    public async Task<string?> FindAsync(CancellationToken cancellation = default) =>
        await tree.FindAsync(Paths.ClusterId, null, cancellation) is { } node
            ? NodeJson.Read(Paths.ClusterId, node.Data, json => json.GetProperty("id").GetString())
            : null;
}
