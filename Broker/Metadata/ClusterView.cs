namespace KLog.Broker.Metadata;

/// <summary>Publishes the newest <see cref="ClusterSnapshot"/>. One writer (the controller's loop), any readers.</summary>
public sealed class ClusterView
{
    private volatile ClusterSnapshot _current = ClusterSnapshot.Empty;

    public ClusterSnapshot Current => _current;

    /// <summary>Topics are gone that were there before. Raised by the writer.</summary>
    public event Action<IReadOnlySet<string>>? TopicsDeleted;

    public void Publish(ClusterSnapshot next)
    {
        ClusterSnapshot before = _current;
        _current = next;
        if (next.Topics.Count < before.Topics.Count && TopicsDeleted is { } deleted)
        {
            deleted(before.Topics.Keys.Where(topic => next.Topic(topic) is null).ToHashSet());
        }
    }
}
