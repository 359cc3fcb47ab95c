using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using Request = KLog.Protocol.Messages.DescribeClusterRequest;
using Response = KLog.Protocol.Messages.DescribeClusterResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// DescribeCluster, versions 0 to 2: the cluster's id, its controller, and the brokers that have the listener on which the
/// question came.
/// </summary>
/// <remarks>
/// 1: endpoint type; brokers (1) only, since there is no quorum of controllers to tell of: MISMATCHED_ENDPOINT_TYPE for 2,
/// UNSUPPORTED_ENDPOINT_TYPE for anything else. 2: fenced brokers, of which there are none.
/// </remarks>
public sealed class DescribeClusterHandler(ClusterView view)
{
    private const sbyte BrokerEndpoints = 1;
    private const sbyte ControllerEndpoints = 2;

    public ValueTask<Response> HandleAsync(Request request, RequestContext context)
    {
        if (request.EndpointType is var type and not BrokerEndpoints)
        {
            return ValueTask.FromResult(new Response
            {
                ErrorCode = type == ControllerEndpoints ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType,
                ErrorMessage = type == ControllerEndpoints
                    ? "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
                    : $"Unsupported endpoint type {type}",
                EndpointType = type,
            });
        }

        ClusterSnapshot now = view.Current;
        return ValueTask.FromResult(new Response
        {
            ClusterId = now.ClusterId,
            ControllerId = now.ControllerId,
            Brokers = [.. now.Brokers.Select(broker => ToResponse(broker, context.ListenerName)).OfType<Response.DescribeClusterBroker>()],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.AllOnCluster : AuthorizedOperations.NotGiven,
        });
    }

    private static Response.DescribeClusterBroker? ToResponse(BrokerNode broker, string listener) => broker.Endpoint(listener) is { } endpoint
        ? new Response.DescribeClusterBroker { BrokerId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack }
        : null;
}
