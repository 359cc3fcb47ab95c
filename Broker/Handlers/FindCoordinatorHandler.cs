using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Groups;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using InternalTopics = KLog.Broker.Configuration.InternalTopics;

namespace KLog.Broker.Handlers;

/// <summary>
/// FindCoordinator, versions 0 to 6; since version 4 for several keys (KIP-699). A group's coordinator leads the group's
/// partition of <c>__consumer_offsets</c>, which is made when it is first asked for. Transactions have none yet.
/// </summary>
internal sealed class FindCoordinatorHandler(ClusterView view, AutoTopicCreation creation)
{
    private const short FirstWithSeveral = 4;
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;

    public async ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        if (request.KeyType == Group && view.Current.Topic(InternalTopics.ConsumerOffsets) is null)
        {
            await creation.CreateMissingAsync([InternalTopics.ConsumerOffsets], context.Connection.Closed);
        }

        if (context.ApiVersion >= FirstWithSeveral)
        {
            return new FindCoordinatorResponse
            {
                Coordinators = [.. request.CoordinatorKeys.Select(key => Find(key, request.KeyType, context.ListenerName))],
            };
        }

        FindCoordinatorResponse.Coordinator found = Find(request.Key, request.KeyType, context.ListenerName);
        return new FindCoordinatorResponse
        {
            ErrorCode = found.ErrorCode,
            ErrorMessage = found.ErrorMessage,
            NodeId = found.NodeId,
            Host = found.Host,
            Port = found.Port,
        };
    }

    private FindCoordinatorResponse.Coordinator Find(string key, sbyte keyType, string listener)
    {
        switch (keyType)
        {
            case Group:
                break;
            case Transaction:
                return None(key, ErrorCode.TransactionalIdAuthorizationFailed, "this KLog broker does not have transactions yet");
            default:
                return None(key, ErrorCode.InvalidRequest, $"coordinators of type {keyType} do not exist here");
        }

        ClusterSnapshot cluster = view.Current;
        if (cluster.Topic(InternalTopics.ConsumerOffsets) is not { } offsets)
        {
            return None(key, ErrorCode.CoordinatorNotAvailable, $"the topic {InternalTopics.ConsumerOffsets} could not be made; the broker's log says why");
        }

        int leader = offsets.Partitions[GroupCoordinator.PartitionOf(key, offsets.Partitions.Count)].Leader;
        BrokerNode? node = cluster.Brokers.FirstOrDefault(broker => broker.Id == leader);
        return node?.Endpoint(listener) is { } endpoint
            ? new FindCoordinatorResponse.Coordinator { Key = key, NodeId = leader, Host = endpoint.Host, Port = endpoint.Port }
            : None(key, ErrorCode.CoordinatorNotAvailable, "the group's partition has no leader now");
    }

    private static FindCoordinatorResponse.Coordinator None(string key, ErrorCode error, string reason) =>
        new() { Key = key, ErrorCode = error, ErrorMessage = reason, NodeId = -1, Port = -1 };
}
