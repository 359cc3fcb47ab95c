using KLog.Broker.Metadata;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>Topics with ids that a test can tell by name.</summary>
internal static class TestCluster
{
    public static ClusterSnapshot With(params (string Name, int Partitions)[] topics) =>
        ClusterSnapshot.Empty.With(topics.Select(topic => Topic(topic.Name, topic.Partitions)));

    public static TopicState Topic(string name, int partitions, byte incarnation = 0) => new(
        name,
        Id(name, incarnation),
        [.. Enumerable.Range(0, partitions).Select(index => new PartitionState(index, 0, 0, [0], [0], []))]);

    public static Guid Id(string name, byte incarnation = 0)
    {
        byte[] bytes = new byte[16];
        System.Text.Encoding.UTF8.GetBytes(name.AsSpan(0, Math.Min(name.Length, 14)), bytes.AsSpan(1));
        bytes[15] = incarnation;
        return new Guid(bytes, bigEndian: true);
    }
}
