namespace KLog.Broker.Metadata;

/// <summary>Publishes the newest <see cref="ClusterSnapshot"/>. One writer (the controller's loop), any readers.</summary>
public sealed class ClusterView
{
    private volatile ClusterSnapshot _current = ClusterSnapshot.Empty;

    public ClusterSnapshot Current => _current;

    public void Publish(ClusterSnapshot next) => _current = next;
}
