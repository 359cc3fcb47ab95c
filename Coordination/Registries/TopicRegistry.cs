namespace KLog.Coordination.Registries;

/// <summary>The topics, /brokers/topics, and those that shall go, /admin/delete_topics.</summary>
public sealed class TopicRegistry(ICoordinationTree tree)
{
    /// <summary>
    /// Makes a topic and its configs, together with more operations: a controller's check and its partitions' states. All or
    /// none. Throws NodeExists when there is one of that name.
    /// </summary>
    /// <remarks>Configs that a deleted topic of that name left behind are replaced, as in Kafka.</remarks>
    public async Task CreateAsync(
        TopicAssignment topic,
        IReadOnlyDictionary<string, string> configs,
        IEnumerable<TreeOperation>? together = null,
        CancellationToken cancellation = default)
    {
        string configPath = Paths.ConfigEntity(ConfigRegistry.Topics, topic.Topic);
        ReadOnlyMemory<byte> config = ConfigRegistry.ToJson(configs);
        bool left = await tree.ExistsAsync(configPath, cancellation: cancellation) is not null;
        await tree.MultiAsync(
            [
                new TreeOperation.Create(Paths.Topic(topic.Topic), topic.ToJson()),
                left ? new TreeOperation.SetData(configPath, config) : new TreeOperation.Create(configPath, config),
                .. together ?? [],
            ],
            cancellation);
    }

    /// <summary>
    /// Replaces the assignment if nobody else has since it was read, together with more operations; otherwise throws
    /// BadVersion. All or none.
    /// </summary>
    public async Task<TopicAssignment> UpdateAsync(TopicAssignment topic, IEnumerable<TreeOperation>? together = null, CancellationToken cancellation = default)
    {
        await tree.MultiAsync([new TreeOperation.SetData(Paths.Topic(topic.Topic), topic.ToJson(), topic.NodeVersion), .. together ?? []], cancellation);
        return topic with { NodeVersion = topic.NodeVersion + 1 };
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
