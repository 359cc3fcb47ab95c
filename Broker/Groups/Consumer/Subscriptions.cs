using System.Runtime.InteropServices;
using System.Text;
using KLog.Broker.Metadata;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ What the members of a group subscribe to, seen with the topics that there are.</summary>
internal sealed class Subscriptions(ConsumerGroupState group, ClusterSnapshot cluster)
{
    private const ulong HashStart = 14_695_981_039_346_656_037;
    private const ulong HashFactor = 1_099_511_628_211;

    private readonly Dictionary<(string[] Topics, string? Expression), HashSet<Guid>> _ids = new(new SameSubscription());

    /// <summary>Ids of the topics that a member subscribes to and that exist. Members that subscribe to the same share it.</summary>
    public IReadOnlySet<Guid> Of(ConsumerMember member)
    {
        if (!_ids.TryGetValue((member.Topics, member.Expression), out HashSet<Guid>? ids))
        {
            ids = [.. Names(member).Select(cluster.Topic).OfType<TopicState>().Select(topic => topic.Id)];
            _ids[(member.Topics, member.Expression)] = ids;
        }

        return ids;
    }

    /// <summary>How many partitions each topic has that someone subscribes to and that exists.</summary>
    public IReadOnlyDictionary<Guid, int> Partitions() =>
        Names().Select(cluster.Topic).OfType<TopicState>().ToDictionary(topic => topic.Id, topic => topic.Partitions.Count);

    /// <inheritdoc cref="Hash(IEnumerable{string}, ClusterSnapshot)"/>
    public long Hash() => Hash(Names(), cluster);

    /// <summary>
    /// Differs where a subscribed topic has come, gone, been made anew or got partitions; 0 for no topic. Kafka's is made in
    /// another way: a group that moves gets one epoch more.
    /// </summary>
    public static long Hash(IEnumerable<string> names, ClusterSnapshot cluster)
    {
        ulong hash = HashStart;
        bool isEmpty = true;
        foreach (TopicState topic in names.Order(StringComparer.Ordinal).Select(cluster.Topic).OfType<TopicState>())
        {
            isEmpty = false;
            hash = Hash(hash, Encoding.UTF8.GetBytes(topic.Name));
            hash = Hash(hash, topic.Id.ToByteArray());
            int partitions = topic.Partitions.Count;
            hash = Hash(hash, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in partitions)));
        }

        return isEmpty ? 0 : (long)hash;
    }

    /// <summary>The topics that anyone subscribes to, whether they exist or not.</summary>
    public HashSet<string> Names()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<(string[], string?)> seen = new(new SameSubscription());
        foreach (ConsumerMember member in group.Members.Values)
        {
            if (seen.Add((member.Topics, member.Expression)))
            {
                names.UnionWith(Names(member));
            }
        }

        return names;
    }

    private IEnumerable<string> Names(ConsumerMember member) =>
        member.Expression is { } expression && group.Expressions.TryGetValue(expression, out ResolvedExpression? resolved)
            ? member.Topics.Concat(resolved.Topics)
            : member.Topics;

    private static ulong Hash(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte each in bytes)
        {
            hash = (hash ^ each) * HashFactor;
        }

        // The length, so that what moves from one part to the next is seen.
        return (hash ^ (ulong)bytes.Length) * HashFactor;
    }

    private sealed class SameSubscription : IEqualityComparer<(string[] Topics, string? Expression)>
    {
        public bool Equals((string[] Topics, string? Expression) x, (string[] Topics, string? Expression) y) =>
            x.Expression == y.Expression && x.Topics.AsSpan().SequenceEqual(y.Topics);

        public int GetHashCode((string[] Topics, string? Expression) obj) =>
            HashCode.Combine(obj.Expression, obj.Topics.Length, obj.Topics.Length == 0 ? "" : obj.Topics[0]);
    }
}
