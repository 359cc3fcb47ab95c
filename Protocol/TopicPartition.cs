namespace KLog.Protocol;

/// <summary>One partition of a topic, by name. Prints as its folder is called: <c>topic-0</c>.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
