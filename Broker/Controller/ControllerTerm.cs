using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Coordination;
using KLog.Coordination.Registries;
using KLog.Protocol;
using Microsoft.Extensions.Logging;
using PartitionState = KLog.Coordination.Registries.PartitionState;

namespace KLog.Broker.Controller;

/// <summary>
/// This broker's term as controller: what it knows, and every change of it, first in the tree, then in the replicas, then
/// in what clients are told. Used by the controller's loop only, one call at a time.
/// </summary>
internal sealed class ControllerTerm(
    ICoordinationTree tree,
    ControllerFence fence,
    int brokerId,
    LiveBrokerConfig config,
    IReplicas replicas,
    ClusterView view,
    Random random,
    ILogger logger)
{
    private readonly TopicRegistry _topics = new(tree);
    private readonly HashSet<TopicPartition> _failed = [];
    private ControllerState _state = ControllerState.Empty;

    public ControllerFence Fence => fence;

    public ControllerState State => _state;

    /// <summary>Takes over what the tree holds, completes what a controller before left half done, and tells clients.</summary>
    public async Task BeginAsync(string clusterId, CancellationToken cancellation)
    {
        IReadOnlyList<BrokerRegistration> brokers = await new BrokerRegistry(tree).ListAsync(cancellation: cancellation);
        _state = _state with { Brokers = [.. brokers.Select(broker => new BrokerRack(broker.Id, broker.Rack))] };
        var reading = new TopicLoading(tree, fence);
        foreach (TopicRecord topic in await reading.LoadAsync(_state.Alive, cancellation))
        {
            _state = _state.With(topic);
        }

        IReadOnlyList<string> marked = await _topics.ListMarkedForDeletionAsync(cancellation: cancellation);
        foreach (string topic in marked)
        {
            DeleteReplicas(topic, _state.Find(topic)?.Partitions.Count ?? 0);
            await _topics.RemoveAsync(topic, fence, cancellation);
            _state = _state.Without(topic);
        }

        foreach (TopicRecord topic in _state.Topics.Values)
        {
            Lead(topic, 0, areNew: false);
        }

        ReportUnknownFolders();
        view.Publish(new ClusterSnapshot(clusterId, brokerId, SnapshotMaking.Brokers(brokers)).With(_state.Topics.Values.Select(Told)));
    }

    public async Task<IReadOnlyList<TopicResult>> CreateAsync(IReadOnlyList<NewTopic> topics, bool validateOnly, CancellationToken cancellation)
    {
        TopicPlanning planning = Planning();
        ControllerState planned = _state;
        var results = new TopicResult[topics.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = planning.PlanNew(planned, topics[i], fence.Epoch);
            planned = results[i].Topic is { } topic ? planned.With(topic) : planned;
        }

        return validateOnly ? results : await CarryOutAsync(results, _ => 0, topic => WriteNewAsync(topic, cancellation));
    }

    public async Task<IReadOnlyList<TopicResult>> GrowAsync(IReadOnlyList<GrowingTopic> topics, bool validateOnly, CancellationToken cancellation)
    {
        TopicResult[] results = [.. topics.Select(topic => TopicPlanning.PlanGrowth(_state, topic, fence.Epoch))];
        int PresentOf(TopicRecord topic) => _state.Find(topic.Name)!.Partitions.Count;
        return validateOnly ? results : await CarryOutAsync(results, PresentOf, topic => WriteGrownAsync(topic, PresentOf(topic), cancellation));
    }

    /// <summary>Deletes topics with all they hold. One that is not there is UNKNOWN_TOPIC_OR_PARTITION.</summary>
    public async Task<IReadOnlyList<TopicResult>> DeleteAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        TopicResult[] marked = await Task.WhenAll(names.Select(name => _state.Find(name) is { } topic
            ? TryAsync(topic, () => _topics.MarkForDeletionAsync(name, cancellation))
            : Task.FromResult(TopicResult.Refused(name, ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition."))));
        view.Publish(view.Current.Without(marked.Where(result => result.Topic is not null).Select(result => result.Name)));
        foreach (TopicResult result in marked)
        {
            DeleteReplicas(result.Name, result.Topic?.Partitions.Count ?? 0);
        }

        TopicResult[] results = await Task.WhenAll(marked.Select(result => result.Topic is { } topic
            ? TryAsync(topic, () => _topics.RemoveAsync(topic.Name, fence, cancellation))
            : Task.FromResult(result)));
        foreach (TopicResult result in results.Where(result => result.Topic is not null))
        {
            _state = _state.Without(result.Name);
        }

        return results;
    }

    private TopicPlanning Planning()
    {
        BrokerConfig current = config.Current;
        return new TopicPlanning(
            new TopicDefaults(current.NumPartitions, (short)current.DefaultReplicationFactor),
            overrides => TopicConfigFault(current, overrides),
            random);
    }

    private static string? TopicConfigFault(BrokerConfig current, IReadOnlyDictionary<string, string> overrides)
    {
        try
        {
            TopicConfigs.Validate(current, overrides);
            return null;
        }
        catch (InvalidConfigException e)
        {
            return e.Message;
        }
    }

    /// <summary>Writes what was planned, side by side; what is then in the tree is led and told. The others are refused.</summary>
    private async Task<TopicResult[]> CarryOutAsync(TopicResult[] planned, Func<TopicRecord, int> firstNewOf, Func<TopicRecord, Task<TopicRecord>> writeAsync)
    {
        TopicResult[] results = await Task.WhenAll(planned.Select(async plan =>
        {
            if (plan.Topic is null)
            {
                return plan;
            }

            try
            {
                return TopicResult.Done(await writeAsync(plan.Topic));
            }
            catch (TreeException e)
            {
                return Failed(plan.Name, e);
            }
        }));
        TopicRecord[] written = [.. results.Select(result => result.Topic).OfType<TopicRecord>()];
        foreach (TopicRecord topic in written)
        {
            Lead(topic, firstNewOf(topic), areNew: true);
            _state = _state.With(topic);
        }

        if (written.Length > 0)
        {
            view.Publish(view.Current.With(written.Select(Told)));
        }

        return results;
    }

    private async Task<TopicRecord> WriteNewAsync(TopicRecord topic, CancellationToken cancellation)
    {
        await _topics.CreateAsync(topic.ToAssignment(), topic.Configs, [fence.Check, .. StateOperations(topic, 0)], cancellation);
        return topic;
    }

    private async Task<TopicRecord> WriteGrownAsync(TopicRecord topic, int present, CancellationToken cancellation)
    {
        TopicAssignment written = await _topics.UpdateAsync(topic.ToAssignment(), [fence.Check, .. StateOperations(topic, present)], cancellation);

        // The configs may have been altered since the topic was made.
        IReadOnlyDictionary<string, string> configs = await new ConfigRegistry(tree).GetAsync(ConfigRegistry.Topics, topic.Name, cancellation);
        return topic with { NodeVersion = written.NodeVersion, Configs = configs };
    }

    private static IReadOnlyList<TreeOperation> StateOperations(TopicRecord topic, int firstNew) => PartitionStateRegistry.CreateOperations(
        topic.Name,
        Enumerable.Range(firstNew, topic.Partitions.Count - firstNew).Select(i => KeyValuePair.Create(i, topic.Partitions[i].State!)),
        areFirst: firstNew == 0);

    private void DeleteReplicas(string topic, int partitions)
    {
        for (int i = 0; i < partitions; i++)
        {
            var partition = new TopicPartition(topic, i);
            try
            {
                replicas.Delete(partition);
                _failed.Remove(partition);
            }
            catch (IOException e)
            {
                logger.LogError("The log of {Partition}, whose topic is deleted, cannot be: {Reason}", partition, e.Message);
            }
        }
    }

    private async Task<TopicResult> TryAsync(TopicRecord topic, Func<Task> change)
    {
        try
        {
            await change();
            return TopicResult.Done(topic);
        }
        catch (TreeException e)
        {
            return Failed(topic.Name, e);
        }
    }

    private void Lead(TopicRecord topic, int from, bool areNew)
    {
        for (int i = from; i < topic.Partitions.Count; i++)
        {
            PartitionRecord record = topic.Partitions[i];
            if (record.State is { } state && state.Leader == brokerId)
            {
                Lead(new ReplicaRole(new TopicPartition(topic.Name, i), topic.Id, record.Assignment, state, topic.Configs, areNew));
            }
        }
    }

    private void Lead(ReplicaRole role)
    {
        try
        {
            replicas.BecomeLeader(role);
            _failed.Remove(role.Partition);
        }
        catch (IOException e)
        {
            _failed.Add(role.Partition);
            logger.LogError("Partition {Partition} is offline: {Reason}", role.Partition, e.Message);
        }
    }

    private TopicState Told(TopicRecord topic) => SnapshotMaking.Topic(topic, _state.Alive, brokerId, _failed);

    private void ReportUnknownFolders()
    {
        TopicPartition[] unknown = [.. replicas.Present.Where(partition => _state.TopicOf(partition) is null)];
        foreach (TopicPartition partition in unknown)
        {
            replicas.LeaveAlone(partition);
        }

        if (unknown.Length > 0)
        {
            logger.LogWarning(
                "{Count} partition folders belong to no topic of the coordination tree and are left alone (klog adopt makes topics of them): {Partitions}{More}",
                unknown.Length,
                string.Join(", ", unknown.Take(10)),
                unknown.Length > 10 ? ", …" : "");
        }
    }

    private TopicResult Failed(string topic, TreeException e)
    {
        logger.LogError("The change of topic {Topic} is not in the coordination tree: {Reason}", topic, e.Message);
        return e.Error switch
        {
            TreeError.NodeExists => TopicResult.Refused(topic, ErrorCode.TopicAlreadyExists, $"Topic '{topic}' already exists."),
            TreeError.BadVersion or TreeError.SessionExpired => TopicResult.Refused(topic, ErrorCode.NotController, "This is not the correct controller for this cluster."),
            TreeError.SystemError => TopicResult.Refused(topic, ErrorCode.KafkaStorageError, e.Message),
            _ => TopicResult.Refused(topic, ErrorCode.UnknownServerError, e.Message),
        };
    }
}
