namespace KLog.Coordination.Registries;

/// <summary>The topics, /brokers/topics, and those that shall go, /admin/delete_topics.</summary>
public sealed class TopicRegistry(ICoordinationTree tree)
{
    /// <summary>
    /// Makes a topic and its configs, both or none. The watchers of /brokers/topics make its partitions. Throws NodeExists
    /// when there is one of that name.
    /// </summary>
    /// <remarks>Configs that a deleted topic of that name left behind are replaced, as in Kafka.</remarks>
    public async Task CreateAsync(TopicAssignment topic, IReadOnlyDictionary<string, string> configs, CancellationToken cancellation = default)
    {
        string configPath = Paths.ConfigEntity(ConfigRegistry.Topics, topic.Topic);
        ReadOnlyMemory<byte> config = ConfigRegistry.ToJson(configs);
        bool left = await tree.ExistsAsync(configPath, cancellation: cancellation) is not null;
        await tree.MultiAsync(
            [
                new TreeOperation.Create(Paths.Topic(topic.Topic), topic.ToJson()),
                left ? new TreeOperation.SetData(configPath, config) : new TreeOperation.Create(configPath, config),
            ],
            cancellation);
    }

    /// <summary>Replaces the assignment if nobody else has since it was read; otherwise throws BadVersion.</summary>
    public async Task<TopicAssignment> UpdateAsync(TopicAssignment topic, CancellationToken cancellation = default)
    {
        NodeStat stat = await tree.SetAsync(Paths.Topic(topic.Topic), topic.ToJson(), topic.NodeVersion, cancellation);
        return topic with { NodeVersion = stat.Version };
    }

    public async Task<TopicAssignment?> FindAsync(string topic, Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        string path = Paths.Topic(topic);
        return await tree.FindAsync(path, watch, cancellation) is { } node ? TopicAssignment.FromJson(topic, path, node) : null;
    }

    public Task<IReadOnlyList<string>> ListNamesAsync(Action<WatchEvent>? watch = null, CancellationToken cancellation = default) =>
        tree.ListAsync(Paths.Topics, watch, cancellation);

    /// <summary>Asks the controller to delete a topic. To ask twice is no error.</summary>
    public async Task MarkForDeletionAsync(string topic, CancellationToken cancellation = default)
    {
        try
        {
            await tree.CreateAsync(Paths.DeleteTopic(topic), default, CreateMode.Persistent, cancellation);
        }
        catch (TreeException e) when (e.Error == TreeError.NodeExists)
        {
            // Asked before.
        }
    }

    public Task<IReadOnlyList<string>> ListMarkedForDeletionAsync(Action<WatchEvent>? watch = null, CancellationToken cancellation = default) =>
        tree.ListAsync(Paths.DeleteTopics, watch, cancellation);

    /// <summary>
    /// Takes a topic, its partitions' states, its configs and its mark out of the tree, in one step; by the controller,
    /// once no broker has replicas of it. What is not there is left out.
    /// </summary>
    public async Task RemoveAsync(string topic, ControllerFence fence, CancellationToken cancellation = default)
    {
        var operations = new List<TreeOperation> { fence.Check };
        foreach (string path in new[] { Paths.Topic(topic), Paths.ConfigEntity(ConfigRegistry.Topics, topic), Paths.DeleteTopic(topic) })
        {
            await AddDeletesAsync(path, operations, cancellation);
        }

        await tree.MultiAsync(operations, cancellation);
    }

    private async Task AddDeletesAsync(string path, List<TreeOperation> operations, CancellationToken cancellation)
    {
        if (await tree.ExistsAsync(path, cancellation: cancellation) is null)
        {
            return;
        }

        foreach (string child in await tree.ListAsync(path, null, cancellation))
        {
            await AddDeletesAsync(NodePath.Child(path, child), operations, cancellation);
        }

        operations.Add(new TreeOperation.Delete(path));
    }
}
