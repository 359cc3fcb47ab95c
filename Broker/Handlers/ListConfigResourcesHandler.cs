using System.Globalization;
using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Resource = KLog.Protocol.Messages.ListConfigResourcesResponse.ConfigResource;

namespace KLog.Broker.Handlers;

/// <summary>
/// ListConfigResources, versions 0 and 1 (KIP-1142): the topics, brokers and brokers' loggers that configs can be asked of, and
/// the groups that have some. Version 0 is ListClientMetricsResources (KIP-714), of which there are none here.
/// </summary>
internal sealed class ListConfigResourcesHandler(ClusterView view, GroupConfigs groups)
{
    public ValueTask<ListConfigResourcesResponse> HandleAsync(ListConfigResourcesRequest request, RequestContext context)
    {
        if (context.ApiVersion == 0)
        {
            return new(new ListConfigResourcesResponse());
        }

        if (request.ResourceTypes.Any(type => !Enum.IsDefined((ConfigResourceType)type)))
        {
            return new(new ListConfigResourcesResponse { ErrorCode = ErrorCode.UnsupportedVersion });
        }

        ClusterSnapshot cluster = view.Current;
        IEnumerable<string> brokers = cluster.Brokers.Select(broker => broker.Id.ToString(CultureInfo.InvariantCulture));
        return new(new ListConfigResourcesResponse
        {
            ConfigResources =
            [
                .. Resources(request, ConfigResourceType.Topic, cluster.Topics.Keys),
                .. Resources(request, ConfigResourceType.Broker, brokers),
                .. Resources(request, ConfigResourceType.BrokerLogger, brokers),
                .. Resources(request, ConfigResourceType.Group, groups.Groups),
            ],
        });
    }

    private static IEnumerable<Resource> Resources(ListConfigResourcesRequest request, ConfigResourceType type, IEnumerable<string> names) =>
        request.ResourceTypes.Length == 0 || request.ResourceTypes.Contains((sbyte)type)
            ? names.Order(StringComparer.Ordinal).Select(name => new Resource { ResourceName = name, ResourceType = (sbyte)type })
            : [];
}
