using KLog.Coordination;
using KLog.Coordination.Registries;

namespace KLog.Broker.Controller;

/// <summary>How a broker becomes a member of the cluster that its coordination tree holds.</summary>
public static class BrokerMembership
{
    /// <summary>
    /// Makes the tree's first nodes where they are missing, and returns the cluster's id, which is
    /// <paramref name="proposedClusterId"/> when the tree is new.
    /// </summary>
    public static async Task<string> PrepareAsync(ICoordinationTree tree, string? proposedClusterId, CancellationToken cancellation = default)
    {
        NodeStat?[] present = await Task.WhenAll(Paths.MadeAtStart.Select(path => tree.ExistsAsync(path, cancellation: cancellation)));
        string[] missing = [.. Paths.MadeAtStart.Where((_, i) => present[i] is null)];
        try
        {
            // In one step: a tree on a disk syncs once.
            await tree.MultiAsync([.. missing.Select(path => new TreeOperation.Create(path, default))], cancellation);
        }
        catch (TreeException e) when (e.Error == TreeError.NodeExists)
        {
            // Another broker starts too.
            foreach (string path in missing)
            {
                await tree.EnsureAsync(path, cancellation);
            }
        }

        return await new ClusterIdRegistry(tree).GetOrCreateAsync(proposedClusterId ?? UuidText.Format(UuidText.NewId()), cancellation);
    }

    /// <summary>
    /// Registers the broker for as long as the session lives, and returns its epoch. Throws <see cref="TreeException"/> with
    /// NodeExists when another process has the id.
    /// </summary>
    public static Task<long> RegisterAsync(ICoordinationTree tree, BrokerRegistration broker, CancellationToken cancellation = default) =>
        new BrokerRegistry(tree).RegisterAsync(broker, cancellation);
}
