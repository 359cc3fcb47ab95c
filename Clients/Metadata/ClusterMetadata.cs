using System.Collections.Immutable;
using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Metadata;

/// <summary>
/// The brokers, and the topics that the client has asked for. Nothing is refreshed by itself: who gets an error that new
/// metadata may cure (NOT_LEADER_OR_FOLLOWER and its like) refreshes before it tries again.
/// </summary>
public sealed class ClusterMetadata(ClientOptions options, BrokerConnections connections)
{
    private readonly Lock _publishing = new();
    private volatile ClusterView _current = ClusterView.Empty;

    public ClusterView Current => _current;

    /// <summary>Asks any broker.</summary>
    /// <param name="topics">Null for all topics; none for the brokers alone.</param>
    /// <returns>What is known then, of these topics and of others.</returns>
    public async Task<ClusterView> RefreshAsync(IReadOnlyCollection<string>? topics, CancellationToken cancellation)
    {
        BrokerConnection connection = await AnyBrokerAsync(cancellation);
        short version = connection.Versions.Choose<MetadataRequest>(min: 1);
        MetadataRequest request = new()
        {
            Topics = topics?.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToArray(),
            AllowAutoTopicCreation = version < 4, // Which older versions cannot say.
        };
        MetadataResponse response = await connection.SendAsync(request, version, cancellation);
        if (response.ErrorCode != ErrorCode.None)
        {
            throw new BrokerException(connection.Address, ApiKey.Metadata, response.ErrorCode);
        }

        lock (_publishing)
        {
            return _current = Merge(_current, response, isWhole: topics is null);
        }
    }

    /// <summary>
    /// A connection to some broker: one that the cluster has told of, or else a bootstrap server. What is open already
    /// comes first by being quickest.
    /// </summary>
    /// <exception cref="BrokerUnreachableException">None of them can be reached; the message names each.</exception>
    public async Task<BrokerConnection> AnyBrokerAsync(CancellationToken cancellation)
    {
        List<KafkaException> failures = [];
        IEnumerable<BrokerAddress> known = _current.Brokers.Values.Select(broker => broker.Address);
        foreach (BrokerAddress address in known.Concat(options.BootstrapServers).Distinct())
        {
            try
            {
                return await connections.GetAsync(address, cancellation);
            }
            catch (KafkaException failure)
            {
                failures.Add(failure);
            }
        }

        throw failures is [{ } only]
            ? only
            : new BrokerUnreachableException("no broker can be reached", string.Join("; ", failures.Select(each => each.Message)), failures[^1]);
    }

    /// <summary>Puts what a broker said in the place of what was known ◆.</summary>
    internal static ClusterView Merge(ClusterView known, MetadataResponse response, bool isWhole)
    {
        ImmutableDictionary<string, TopicView>.Builder topics =
            (isWhole ? ClusterView.Empty.Topics : known.Topics).ToBuilder();
        foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
        {
            if (topic.Name is { } name)
            {
                topics[name] = new TopicView(name, topic.TopicId, topic.ErrorCode, topic.IsInternal,
                [
                    .. topic.Partitions.OrderBy(each => each.PartitionIndex).Select(each => new PartitionView(
                        each.PartitionIndex, each.ErrorCode, each.LeaderId, each.LeaderEpoch, each.ReplicaNodes, each.IsrNodes)),
                ]);
            }
        }

        return new ClusterView(
            response.ClusterId ?? known.ClusterId,
            response.ControllerId,
            response.Brokers.ToImmutableDictionary(
                each => each.NodeId, each => new BrokerNode(each.NodeId, new BrokerAddress(each.Host, each.Port), each.Rack)),
            topics.ToImmutable());
    }
}
